import type { Clock } from '@livepeer-node/sdk'
import type { Draining } from './status.ts'

/** What the node's drain is at. */
export class DrainWatch {
  readonly #clock: Clock
  #begun: { readonly at: number; readonly graceMs: number; readonly deadline: AbortSignal } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
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
