import { RECONNECT_FACTOR, RECONNECT_FIRST_MS, RECONNECT_JITTER, RECONNECT_MAX_MS } from '@livepeer-node/protocol'

/** Waits between attempts: 0.5 s, then half as long again each time, up to 60 s, each ±50 % (wire.md §10.1). */
export class Backoff {
  readonly #random: () => number
  #base = RECONNECT_FIRST_MS

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** ms until the next attempt. */
  next(): number {
    const wait = this.#jittered(this.#base)
    this.#base = Math.min(this.#base * RECONNECT_FACTOR, RECONNECT_MAX_MS)
    return wait
  }

  /** ms until the next attempt where trying soon is pointless. */
  slowest(): number {
    this.#base = RECONNECT_MAX_MS
    return this.#jittered(RECONNECT_MAX_MS)
  }

  /** After a connection that lived: the reference keeps its long waits, to no use. */
  reset(): void {
    this.#base = RECONNECT_FIRST_MS
  }

  #jittered(ms: number): number {
    return ms * (1 - RECONNECT_JITTER + 2 * RECONNECT_JITTER * this.#random())
  }
}
