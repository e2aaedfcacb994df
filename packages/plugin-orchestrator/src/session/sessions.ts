import type { Clock, LivepeerError, Logger } from '@livepeer-node/sdk'
import { capped, drainRefusal } from '../errors.ts'
import { LeaveTaking, type LeaveTakingInit, type Phase } from './leave-taking.ts'
import { Session } from './session.ts'

export interface SessionsInit {
  readonly clock: Clock
  readonly log: Logger
  /** Asked each time: with `auto` it follows the transcoders. */
  readonly limit: () => number
  /** What keeps the limit from being higher, and what would raise it. */
  readonly whyNotMore: () => { readonly message: string; readonly remedy: string }
  /** A session came to life. */
  readonly onOpen: (sessionId: string) => void
  /** A session is over: idle, ended by its broadcaster, or the node stops. */
  readonly onEnd: (sessionId: string) => void
}

/** A segment of a session. */
export interface SessionJob {
  readonly sessionId: string
  readonly streamId: string
  readonly durationMs: number
  /** When the session's token was made, ms since 1970. */
  readonly issuedAt: number
}

/** The live sessions of this orchestrator and their cap (wire.md §11). */
export class Sessions {
  readonly #init: SessionsInit
  readonly #live = new Map<string, Session>()
  #leaveTaking: LeaveTaking | undefined

  constructor(init: SessionsInit) {
    this.#init = init
  }

  get count(): number {
    return this.#live.size
  }

  /** Those that a drain waits for: not the ones that have fallen silent, or know that they are to go elsewhere. */
  get staying(): number {
    return this.#leaveTaking?.staying ?? this.count
  }

  get limit(): number {
    return this.#init.limit()
  }

  list(): readonly Session[] {
    return [...this.#live.values()]
  }

  get phase(): Phase {
    return this.#leaveTaking?.phase ?? 'open'
  }

  /** Throws `OrchestratorCapped` unless a new session could begin now. */
  assertRoom(): void {
    if (this.#leaveTaking || this.count >= this.limit) throw this.#capped()
  }

  /**
   * Throws `OrchestratorCapped` unless this session lives or could begin, and may go on.
   * @param issuedAt when its token was made, ms since 1970
   */
  assertAdmissible(sessionId: string, issuedAt: number): void {
    const session = this.#live.get(sessionId)
    if (session) this.#assertMayGoOn(session)
    else this.#assertMayBegin(issuedAt)
  }

  /** Runs a job in its session, which comes to life with its first one. */
  async run<T>(of: SessionJob, job: () => Promise<T>): Promise<T> {
    const session = this.#live.get(of.sessionId) ?? this.#open(of)
    return await session.run(job, of.durationMs)
  }

  end(sessionId: string, why: 'idle' | 'ended by its broadcaster' | 'node stops'): void {
    const session = this.#live.get(sessionId)
    if (!session) return
    session.end()
    this.#live.delete(sessionId)
    this.#init.onEnd(sessionId)
    this.#init.log.info('session ended', { sessionId, streamId: session.streamId, why })
  }

  /**
   * From now on no new session, but for one whose broadcaster just got its token. Resolves when those that live have
   * ended, moved or fallen silent, and when `deadline` aborts; shortly before that their segments are refused.
   */
  async drain(init: Pick<LeaveTakingInit, 'deadline' | 'graceMs' | 'hasUnread'>): Promise<void> {
    const { clock, log } = this.#init
    const { graceMs } = init
    log.info('draining: no new sessions', { sessions: this.count, graceMs })
    const onClosing = () => log.info('draining: segments are refused from now on', { sessions: this.count })
    this.#leaveTaking = new LeaveTaking({ ...init, clock, sessions: () => this.list(), onClosing })
    await this.#leaveTaking.done()
  }

  endAll(): void {
    for (const id of this.#live.keys()) this.end(id, 'node stops')
  }

  #open({ sessionId, streamId, issuedAt }: SessionJob): Session {
    this.#assertMayBegin(issuedAt)
    const onIdle = () => this.end(sessionId, 'idle')
    const session = new Session({ id: sessionId, streamId, clock: this.#init.clock, onIdle })
    this.#live.set(sessionId, session)
    this.#init.onOpen(sessionId)
    this.#init.log.info('session opened', { sessionId, streamId, live: this.count, limit: this.limit })
    return session
  }

  #assertMayGoOn(session: Session): void {
    if (this.phase !== 'closing') return
    session.refused = true
    throw this.#capped()
  }

  #assertMayBegin(issuedAt: number): void {
    const isDue = this.#leaveTaking?.admits(issuedAt) ?? true
    if (!isDue || this.count >= this.limit) throw this.#capped()
  }

  #capped(): LivepeerError {
    return this.#leaveTaking ? drainRefusal(this.count) : capped(this.count, this.limit, this.#init.whyNotMore())
  }
}
