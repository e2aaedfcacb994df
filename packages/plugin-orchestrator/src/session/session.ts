import { SESSION_IDLE_MS, SESSION_QUEUE } from '@livepeer-node/protocol'
import type { Clock } from '@livepeer-node/sdk'
import { busy, sessionEnded } from '../errors.ts'

/** One broadcaster's stream of segments: its jobs run one after another. */
export class Session {
  readonly id: string
  /** What the broadcaster calls the stream; for the status page. */
  readonly streamId: string
  readonly #clock: Clock
  readonly #onIdle: () => void
  /** Its next segment was refused because the orchestrator ends: it knows. */
  refused = false
  #segmentMs = 0
  /** Monotonic ms. */
  #activeAt: number
  #tail: Promise<unknown> = Promise.resolve()
  #pending = 0
  #ended = false
  #stopTimer: () => void = () => undefined

  constructor(init: { id: string; streamId: string; clock: Clock; onIdle: () => void }) {
    this.id = init.id
    this.streamId = init.streamId
    this.#clock = init.clock
    this.#onIdle = init.onIdle
    this.#activeAt = init.clock.monotonic()
    this.#armTimer()
  }

  /** Jobs that run or wait. */
  get pending(): number {
    return this.#pending
  }

  /** Since a segment came or was done, ms. */
  get idleMs(): number {
    return this.#pending > 0 ? 0 : this.#clock.monotonic() - this.#activeAt
  }

  /** Length of its latest segment, ms. */
  get segmentMs(): number {
    return this.#segmentMs
  }

  get ended(): boolean {
    return this.#ended
  }

  /**
   * Runs `job` when those before it are done. Rejects with `OrchestratorBusy` when the queue is full, with
   * `Session ended` when the session ended before the job's turn came.
   */
  async run<T>(job: () => Promise<T>, segmentMs: number): Promise<T> {
    if (this.#pending > SESSION_QUEUE) throw busy(this.id, 1 + SESSION_QUEUE)
    this.#stopTimer()
    this.#pending += 1
    this.#segmentMs = segmentMs
    const turn = this.#tail.then(() => {
      if (this.#ended) throw sessionEnded(this.id)
      return job()
    })
    // The next job's turn comes whether this one succeeds or not; who called sees the failure.
    this.#tail = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#pending -= 1
      this.#activeAt = this.#clock.monotonic()
      this.#armTimer()
    }
  }

  end(): void {
    this.#ended = true
    this.#stopTimer()
  }

  #armTimer(): void {
    if (this.#ended || this.#pending > 0) return
    this.#stopTimer = this.#clock.after(SESSION_IDLE_MS, this.#onIdle)
  }
}
