const MAX_PENALTY = 8

interface Suspension {
  /** The last round in which it is left out. */
  readonly until: number
  readonly penalty: number
}

/**
 * Orchestrators that failed sit out the next rounds of discovery: one, then two, four, eight, until one works again.
 * Counted from the round in which they failed, so that it bites late in a stream as well. (The reference compares with
 * the stream's absolute number of rounds, whereby its suspensions lapse at once, wire.md §7.5.)
 */
export class Suspensions {
  readonly #suspended = new Map<string, Suspension>()
  #round = 0

  nextRound(): void {
    this.#round += 1
  }

  /** Returns the number of rounds that it sits out. */
  suspend(orchestrator: string): number {
    const before = this.#suspended.get(orchestrator)
    const penalty = before ? Math.min(before.penalty * 2, MAX_PENALTY) : 1
    this.#suspended.set(orchestrator, { until: this.#round + penalty, penalty })
    return penalty
  }

  isSuspended(orchestrator: string): boolean {
    return this.roundsLeft(orchestrator) > 0
  }

  /** Rounds that it still sits out; 0: it is welcome. */
  roundsLeft(orchestrator: string): number {
    const suspension = this.#suspended.get(orchestrator)
    return suspension ? Math.max(0, suspension.until - this.#round + 1) : 0
  }

  /** It did well: forget. */
  clear(orchestrator: string): void {
    this.#suspended.delete(orchestrator)
  }
}
