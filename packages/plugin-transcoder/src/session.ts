import { SESSION_QUEUE } from '@livepeer-node/protocol'
import {
  BACKEND_LOST,
  type Clock,
  isLivepeerError,
  type Ladder,
  type SourceSegment,
  type TranscodeResult,
  type TranscodeSession,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import { sessionBusy, stopped } from './errors.ts'

export interface SessionInit {
  readonly id: string
  /** Opens a session at some backend. */
  readonly open: (spec: TranscodeSpec, signal: AbortSignal) => Promise<TranscodeSession>
  readonly clock: Clock
  /** ms without a segment after which `onIdle` is called. */
  readonly idleMs: number
  readonly onIdle: () => void
}

interface SessionJob {
  readonly spec: TranscodeSpec
  readonly segment: SourceSegment
  /** The backend's session is opened anew first. */
  readonly fresh: boolean
}

/** One session: its segments are transcoded one after the other, by one backend session as long as the ladder stays. */
export class QueuedSession {
  readonly #init: SessionInit
  readonly #stop = new AbortController()
  #tail: Promise<unknown> = Promise.resolve()
  #pending = 0
  #stopIdling: (() => void) | undefined
  #opened: { session: TranscodeSession; ladder: string } | undefined
  #idleSince: number

  constructor(init: SessionInit) {
    this.#init = init
    this.#idleSince = init.clock.monotonic()
  }

  get id(): string {
    return this.#init.id
  }

  /** Segments that run or wait. */
  get pending(): number {
    return this.#pending
  }

  /** When the last segment was done, by the clock's `monotonic`. */
  get idleSince(): number {
    return this.#idleSince
  }

  /** Name of the backend at work; `undefined` before the first segment. */
  get backend(): string | undefined {
    return this.#opened?.session.backend
  }

  async transcode(job: SessionJob, signal: AbortSignal): Promise<TranscodeResult> {
    // One runs and these wait; more are turned away (media.md §6.10).
    if (this.#pending > SESSION_QUEUE) throw sessionBusy(this.id, SESSION_QUEUE)
    this.#pending += 1
    this.#stopIdling?.()
    const both = AbortSignal.any([signal, this.#stop.signal])
    const turn = this.#tail.then(async () => {
      both.throwIfAborted()
      return await this.#run(job, both)
    })
    // The next segment's turn comes whether this one works out or not; its own caller hears of a failure.
    this.#tail = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#pending -= 1
      if (this.#pending === 0) this.#startIdling()
    }
  }

  /** Aborts what runs and frees the backend's session. */
  async close(): Promise<void> {
    this.#stopIdling?.()
    this.#stop.abort(stopped(this.id))
    await this.#tail
    await this.#release()
  }

  /** A backend whose card failed passes the segment on: whoever claims the session now has it. */
  async #run(job: SessionJob, signal: AbortSignal): Promise<TranscodeResult> {
    const session = await this.#sessionFor(job.spec, job.fresh, signal)
    try {
      return await session.transcode(job.segment, signal)
    } catch (error) {
      if (!isLivepeerError(error) || error.code !== BACKEND_LOST) throw error
      const next = await this.#sessionFor(job.spec, true, signal)
      return await next.transcode(job.segment, signal)
    }
  }

  /** The ladder may change from one segment to the next (wire.md §6.2): the backend is told by a new session. */
  async #sessionFor(spec: TranscodeSpec, fresh: boolean, signal: AbortSignal): Promise<TranscodeSession> {
    const ladder = fingerprint(spec.ladder)
    if (this.#opened && !fresh && this.#opened.ladder === ladder) return this.#opened.session
    await this.#release()
    const session = await this.#init.open(spec, signal)
    this.#opened = { session, ladder }
    return session
  }

  async #release(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.session.close()
  }

  #startIdling(): void {
    if (this.#stop.signal.aborted) return
    this.#idleSince = this.#init.clock.monotonic()
    this.#stopIdling = this.#init.clock.after(this.#init.idleMs, this.#init.onIdle)
  }
}

function fingerprint(ladder: Ladder): string {
  return JSON.stringify(ladder)
}
