import type { Clock } from '@livepeer-node/sdk'

/** How long it sits out after its first failure, and at most, ms. */
const FIRST_MS = 10_000
const LONGEST_MS = 80_000
/** An old failure says nothing any more this long after it was over. */
const FORGOTTEN_MS = 300_000

interface Suspension {
  readonly until: number
  readonly penaltyMs: number
}

/**
 * Orchestrators that failed sit out for a while: 10 s, then twice as long each time, until one works again. (The
 * reference counts rounds of discovery, and compares with the stream's absolute number of rounds, whereby its suspensions lapse
 * at once, wire.md §7.5; without a round none of them would ever end.)
 */
export class Suspensions {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #suspended = new Map<string, Suspension>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  get size(): number {
    return this.#suspended.size
  }

  /** Returns for how long it sits out, ms. */
  suspend(orchestrator: string): number {
    const now = this.#clock.monotonic()
    for (const [uri, { until }] of this.#suspended) if (now - until > FORGOTTEN_MS) this.#suspended.delete(uri)
    const before = this.#suspended.get(orchestrator)
    const penaltyMs = before ? Math.min(before.penaltyMs * 2, LONGEST_MS) : FIRST_MS
    this.#suspended.set(orchestrator, { until: now + penaltyMs, penaltyMs })
    return penaltyMs
  }

  isSuspended(orchestrator: string): boolean {
    return this.msLeft(orchestrator) > 0
  }

  /** How long it still sits out, ms; 0: it is welcome. */
  msLeft(orchestrator: string): number {
    const suspension = this.#suspended.get(orchestrator)
    return suspension ? Math.max(0, suspension.until - this.#clock.monotonic()) : 0
  }

  /** It did well: forget. */
  clear(orchestrator: string): void {
    this.#suspended.delete(orchestrator)
  }
}
