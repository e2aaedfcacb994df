import { SESSION_IDLE_MS } from '@livepeer-node/protocol'
import {
  type Clock,
  type Logger,
  type TranscodeBackend,
  type TranscodeJob,
  type TranscodeResult,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import { draining, full, stopped } from './errors.ts'
import { openSession } from './open-session.ts'
import { Pressure } from './pressure.ts'
import { QueuedSession } from './session.ts'

/** A stream that sends nothing for so long has most likely ended; if not, its next segment goes elsewhere. */
const SILENT_MS = 10_000

export interface ServiceInit {
  /** Who opens this session? Asked again when the one named turns out to be full. */
  readonly claim: (spec: TranscodeSpec) => TranscodeBackend | undefined
  readonly clock: Clock
  readonly log: Logger
  /** Sessions at once. */
  readonly capacity: number
}

export interface ServiceJob extends TranscodeJob {
  /** Opens the backend's session anew before this segment; default false. */
  readonly fresh?: boolean
}

/** What `lifecycle.status` shows of one session. */
export interface SessionStatus {
  readonly sessionId: string
  readonly backend: string | undefined
  readonly pending: number
}

/**
 * Transcodes segments by session. A session begins with its first segment and ends when told to, or after 70 s without
 * one (wire.md §11). Where it runs is the backends' choice.
 */
export class TranscodeService {
  readonly #init: ServiceInit
  readonly #sessions = new Map<string, QueuedSession>()
  readonly #pressure: Pressure
  readonly #counts = { done: 0, failed: 0, refused: 0 }
  readonly #closing = new Set<Promise<void>>()
  #capacity: number
  #draining = false
  #closed = false
  readonly #emptied = Promise.withResolvers<void>()

  constructor(init: ServiceInit) {
    this.#init = init
    this.#pressure = new Pressure(init)
    this.#capacity = init.capacity
  }

  get capacity(): number {
    return this.#capacity
  }

  /** For a capacity that is known only once the backends were asked. */
  set capacity(sessions: number) {
    this.#capacity = sessions
  }

  /** p95 of elapsed by duration over the latest segments; `undefined`: too few. */
  get p95(): number | undefined {
    return this.#pressure.p95
  }

  get sessions(): readonly SessionStatus[] {
    return [...this.#sessions.values()].map(({ id, backend, pending }) => ({ sessionId: id, backend, pending }))
  }

  /** Sessions that have not fallen silent. */
  get working(): number {
    return [...this.#sessions.values()].filter((session) => this.#silentAfter(session) > 0).length
  }

  /** Entries of its lists: all 0 when no stream is left. */
  get registries(): Readonly<Record<string, number>> {
    return { sessions: this.#sessions.size, closing: this.#closing.size }
  }

  /** Segments since the start. */
  get counts(): Readonly<Record<'done' | 'failed' | 'refused', number>> {
    return this.#counts
  }

  /** Rejects with an error whose `wireText` is what the peer reads (wire.md §7.4). The session stays usable. */
  async transcode(job: ServiceJob, signal: AbortSignal): Promise<TranscodeResult> {
    const session = this.#admit(job)
    const { spec, segment, fresh = false } = job
    const startedAt = this.#init.clock.monotonic()
    try {
      const result = await session.transcode({ spec, segment, fresh }, signal)
      this.#counts.done += 1
      this.#pressure.done({ durationMs: segment.durationMs, elapsedMs: this.#init.clock.monotonic() - startedAt })
      return result
    } catch (error) {
      this.#counts.failed += 1
      throw error
    }
  }

  /** Ends a session; an unknown one is fine. */
  async endSession(sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId)
    if (session) await this.#end(session)
  }

  /** No session begins any more; those that run go on. Resolves when none is left but silent ones. */
  async drain(): Promise<void> {
    this.#draining = true
    for (let wait = this.#silentIn(); wait > 0; wait = this.#silentIn()) {
      await Promise.race([this.#emptied.promise, this.#init.clock.sleep(wait)])
    }
    await Promise.all(this.#closing)
  }

  /** Ends all sessions; none begins afterwards. */
  async close(): Promise<void> {
    this.#closed = true
    for (const session of this.#sessions.values()) void this.#end(session)
    await Promise.all(this.#closing)
  }

  /** ms until all sessions that are left may be silent. */
  #silentIn(): number {
    return Math.max(0, ...[...this.#sessions.values()].map((session) => this.#silentAfter(session)))
  }

  /** ms until it may be silent; 0 or less: it is. */
  #silentAfter({ pending, idleSince }: QueuedSession): number {
    return pending > 0 ? SILENT_MS : idleSince + SILENT_MS - this.#init.clock.monotonic()
  }

  #admit({ spec, segment }: ServiceJob): QueuedSession {
    try {
      return this.#sessionOf(spec.sessionId, segment.seq === 0)
    } catch (error) {
      this.#counts.refused += 1
      throw error
    }
  }

  #sessionOf(id: string, begins: boolean): QueuedSession {
    if (this.#closed) throw stopped(id)
    const known = this.#sessions.get(id)
    if (known) return known
    if (this.#draining) throw draining()
    // A stream that goes on has lost its transcoder: late is better than lost. And with nothing to do nobody is too slow.
    if (begins && this.#silentIn() > 0) this.#pressure.check()
    const room = this.#makeRoom()
    const session = new QueuedSession({
      id,
      open: async (spec, signal) => {
        await room
        return await openSession(this.#init, spec, signal)
      },
      clock: this.#init.clock,
      idleMs: SESSION_IDLE_MS,
      onIdle: () => void this.#end(session),
    })
    this.#sessions.set(id, session)
    return session
  }

  /**
   * An orchestrator forgets a session after a failed job without saying so (wire.md §10.2), and gives its place away.
   * So the session that is idle for longest makes way before a new one is refused. Resolves when its slot is free.
   */
  #makeRoom(): Promise<void> | undefined {
    if (this.#sessions.size < this.#capacity) return undefined
    const idle = [...this.#sessions.values()]
      .filter((session) => session.pending === 0)
      .toSorted((a, b) => a.idleSince - b.idleSince)[0]
    if (!idle) throw full(this.#capacity)
    return this.#end(idle)
  }

  /** Takes the session off the books at once; its place is free while it closes. */
  #end(session: QueuedSession): Promise<void> {
    if (this.#sessions.get(session.id) === session) this.#sessions.delete(session.id)
    if (this.#draining && this.#sessions.size === 0) this.#emptied.resolve()
    const closing = session
      .close()
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        this.#init.log.warn('a session did not close well', { sessionId: session.id, reason })
      })
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
    return closing
  }
}
