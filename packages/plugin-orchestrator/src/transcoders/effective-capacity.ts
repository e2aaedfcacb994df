import type { Clock } from '@livepeer-node/sdk'

/** p95 of time taken over duration above which a transcoder gets no further session, and below which it does again. */
const TOO_SLOW = 1
const FAST_ENOUGH = 0.8
/** For each session by which a lowered capacity rises again, ms. */
const RAISE_MS = 5000
/** Still too slow with so few: one less after this long, ms. The latest change has to show first. */
const LOWER_MS = 10_000

export interface EffectiveCapacityInit {
  /** What the transcoder says that it takes. */
  readonly declared: () => number
  /** p95 of time taken over duration; `undefined`: too little is known. */
  readonly ratio: () => number | undefined
  readonly clock: Clock
}

/** Sessions that a transcoder takes at once: what it declared, or less where it showed that it takes less. */
export class EffectiveCapacity {
  readonly #init: EffectiveCapacityInit
  /** `undefined`: as declared. */
  #limit: number | undefined
  #closed = false
  /** Monotonic ms since when the limit rises. */
  #since = 0

  constructor(init: EffectiveCapacityInit) {
    this.#init = init
  }

  /** It refused one more beside so many. */
  saidFull(sessions: number): void {
    if (sessions < this.#init.declared()) this.#lower(sessions)
  }

  /**
   * It has so many sessions and delivered another segment: does it keep up? While it does not it takes no more than it had
   * then, so that a session that went away may come back, and one less every now and then.
   */
  review(sessions: number): void {
    const ratio = this.#init.ratio()
    if (ratio === undefined || ratio <= TOO_SLOW) return
    const limit = this.value
    if (!this.#closed) this.#lower(Math.min(sessions, limit))
    else if (sessions >= limit && this.#init.clock.monotonic() - this.#since >= LOWER_MS) this.#lower(limit - 1)
    this.#closed = true
  }

  /** Above 0: it shall be seen when it takes sessions again. */
  get value(): number {
    const declared = this.#init.declared()
    if (this.#limit === undefined) return declared
    if (this.#closed) this.#reopen()
    const steps = this.#closed ? 0 : Math.floor((this.#init.clock.monotonic() - this.#since) / RAISE_MS)
    const now = this.#limit + steps
    if (now < declared) return now
    this.#limit = undefined
    return declared
  }

  #reopen(): void {
    const ratio = this.#init.ratio()
    if (ratio !== undefined && ratio >= FAST_ENOUGH) return
    this.#closed = false
    this.#since = this.#init.clock.monotonic()
  }

  #lower(sessions: number): void {
    this.#limit = Math.max(1, sessions)
    this.#since = this.#init.clock.monotonic()
  }
}
