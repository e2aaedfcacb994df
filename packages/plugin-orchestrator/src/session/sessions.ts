import type { Clock, Logger } from '@livepeer-node/sdk'
import { capped } from '../errors.ts'
import { Session } from './session.ts'

export interface SessionsInit {
  readonly clock: Clock
  readonly log: Logger
  /** Asked each time: with `auto` it follows the transcoders. */
  readonly limit: () => number
  /** A session came to life. */
  readonly onOpen: (sessionId: string) => void
  /** A session is over: idle, ended by its broadcaster, or the node stops. */
  readonly onEnd: (sessionId: string) => void
}

/** The live sessions of this orchestrator and their cap (wire.md §11). */
export class Sessions {
  readonly #init: SessionsInit
  readonly #live = new Map<string, Session>()
  #draining = false
  #onQuiet: (() => void)[] = []

  constructor(init: SessionsInit) {
    this.#init = init
  }

  get count(): number {
    return this.#live.size
  }

  get limit(): number {
    return this.#init.limit()
  }

  list(): readonly Session[] {
    return [...this.#live.values()]
  }

  /** Throws `OrchestratorCapped` unless a new session could begin now. */
  assertRoom(): void {
    if (this.#draining || this.count >= this.limit) throw capped(this.count, this.limit, this.#draining)
  }

  /** Throws `OrchestratorCapped` unless this session lives or could begin. */
  assertAdmissible(sessionId: string): void {
    if (!this.#live.has(sessionId)) this.assertRoom()
  }

  /** Runs a job in its session, which comes to life with its first one. */
  async run<T>(of: { sessionId: string; streamId: string }, job: () => Promise<T>): Promise<T> {
    const session = this.#live.get(of.sessionId) ?? this.#open(of)
    try {
      return await session.run(job)
    } finally {
      if (this.#isQuiet()) for (const tell of this.#onQuiet.splice(0)) tell()
    }
  }

  end(sessionId: string, why: 'idle' | 'ended by its broadcaster' | 'node stops'): void {
    const session = this.#live.get(sessionId)
    if (!session) return
    session.end()
    this.#live.delete(sessionId)
    this.#init.onEnd(sessionId)
    this.#init.log.info('session ended', { sessionId, streamId: session.streamId, why })
  }

  /** From now on no new session; resolves when no job runs or waits, or when `deadline` aborts. */
  async drain(deadline: AbortSignal): Promise<void> {
    this.#draining = true
    if (this.#isQuiet() || deadline.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onQuiet.push(resolve)
    deadline.addEventListener('abort', () => resolve(), { once: true })
    await promise
  }

  endAll(): void {
    for (const id of this.#live.keys()) this.end(id, 'node stops')
  }

  #open({ sessionId, streamId }: { sessionId: string; streamId: string }): Session {
    this.assertRoom()
    const onIdle = () => this.end(sessionId, 'idle')
    const session = new Session({ id: sessionId, streamId, clock: this.#init.clock, onIdle })
    this.#live.set(sessionId, session)
    this.#init.onOpen(sessionId)
    this.#init.log.info('session opened', { sessionId, streamId, live: this.count, limit: this.limit })
    return session
  }

  #isQuiet(): boolean {
    return this.list().every((session) => session.pending === 0)
  }
}
