import type { Clock } from '@livepeer-node/sdk'
import type { Draining } from './status.ts'

/** What the node's drain is at, and how it ended. */
export class DrainWatch {
  /** Resolves at the node's end: true when it was told to drain, and had finished by its deadline. */
  readonly ended: Promise<boolean>
  readonly #clock: Clock
  #begun: { readonly at: number; readonly graceMs: number; readonly deadline: AbortSignal } | undefined

  /** `stop` aborts at the node's end. */
  constructor(clock: Clock, stop: AbortSignal) {
    this.#clock = clock
    this.ended = new Promise((resolve) =>
      stop.addEventListener('abort', () => resolve(this.#begun !== undefined && !this.#begun.deadline.aborted), {
        once: true,
      }),
    )
  }

  begin(deadline: AbortSignal, graceMs: number): void {
    this.#begun = { at: this.#clock.monotonic(), graceMs, deadline }
  }

  get deadline(): AbortSignal | undefined {
    return this.#begun?.deadline
  }

  state(): Draining | undefined {
    if (!this.#begun) return undefined
    const forMs = Math.round(this.#clock.monotonic() - this.#begun.at)
    const { graceMs } = this.#begun
    return { forMs, remainingMs: Number.isFinite(graceMs) ? Math.max(0, graceMs - forMs) : null }
  }
}
