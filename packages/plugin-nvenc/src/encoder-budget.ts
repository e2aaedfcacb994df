import type { Clock } from '@livepeer-node/sdk'

/** After a refusal while nothing is open here: another process may have given encoders back, ms. */
const RETRY_AFTER_MS = 60_000

/**
 * How many encoders may be open at once. Cards whose driver limits them share one budget, as the limit counts for all of
 * them together (node-av.md §9); a card without a limit has its own, which is never spent until the card refuses one.
 */
export class EncoderBudget {
  readonly #clock: Clock
  /** `undefined`: no limit is known. */
  readonly limit: number | undefined
  #open = 0
  /** The driver or the card refused: no more than this until one of ours closes, or until then. */
  #refused: { readonly atMost: number; readonly until: number } | undefined

  constructor(clock: Clock, limit?: number) {
    this.#clock = clock
    this.limit = limit
  }

  /** Encoders of our sessions. */
  get open(): number {
    return this.#open
  }

  /** Are as many left? */
  fits(encoders: number): boolean {
    if (this.#refused && this.#clock.monotonic() >= this.#refused.until) this.#refused = undefined
    const limit = Math.min(this.limit ?? Number.POSITIVE_INFINITY, this.#refused?.atMost ?? Number.POSITIVE_INFINITY)
    return this.#open + encoders <= limit
  }

  take(encoders: number): void {
    this.#open += encoders
  }

  giveBack(encoders: number): void {
    this.#open -= encoders
    this.#refused = undefined
  }

  /** One more was refused, after those that failed were given back: others hold what the limit would still allow. */
  refuse(): void {
    const until = this.#open > 0 ? Number.POSITIVE_INFINITY : this.#clock.monotonic() + RETRY_AFTER_MS
    this.#refused = { atMost: this.#open, until }
  }
}
