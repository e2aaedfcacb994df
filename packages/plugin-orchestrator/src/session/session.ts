import type { Clock } from '@livepeer-node/sdk'
import { busy, sessionEnded } from '../errors.ts'

/** One job runs, four wait; a further one is turned away (wire.md §11). */
export const MAX_WAITING = 4
/** A session without a job for this long ends, ms. Longer than a broadcaster's own 60 s. */
export const IDLE_MS = 70_000

/** One broadcaster's stream of segments: its jobs run one after another. */
export class Session {
  readonly id: string
  /** What the broadcaster calls the stream; for the status page. */
  readonly streamId: string
  readonly #clock: Clock
  readonly #onIdle: () => void
  #tail: Promise<unknown> = Promise.resolve()
  #pending = 0
  #ended = false
  #stopTimer: () => void = () => undefined

  constructor(init: { id: string; streamId: string; clock: Clock; onIdle: () => void }) {
    this.id = init.id
    this.streamId = init.streamId
    this.#clock = init.clock
    this.#onIdle = init.onIdle
    this.#armTimer()
  }

  /** Jobs that run or wait. */
  get pending(): number {
    return this.#pending
  }

  get ended(): boolean {
    return this.#ended
  }

  /**
   * Runs `job` when those before it are done. Rejects with `OrchestratorBusy` when the queue is full, with
   * `Session ended` when the session ended before the job's turn came.
   */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#pending > MAX_WAITING) throw busy(this.id, MAX_WAITING + 1)
    this.#stopTimer()
    this.#pending += 1
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
      this.#armTimer()
    }
  }

  end(): void {
    this.#ended = true
    this.#stopTimer()
  }

  #armTimer(): void {
    if (this.#ended || this.#pending > 0) return
    this.#stopTimer = this.#clock.after(IDLE_MS, this.#onIdle)
  }
}
