import type { Clock } from '@livepeer-node/sdk'

/** A pool never wants more than this (media.md §7.4). */
const POOL_TARGET = 8
/** Earliest time to search again for orchestrators that are missing while others work, ms. */
const LOW_MS = 10_000
const OTHERWISE_MS = 30_000
/** One that has just gone may be restarting: it is looked for at each segment, for so long. */
const RESTARTING_MS = 1500
const RESTART_MS = 60_000

/** When to look for orchestrators that are missing, beside a running stream (media.md §7.4). */
export class TopUp {
  readonly #clock: Pick<Clock, 'monotonic'>
  #roundAt = Number.NEGATIVE_INFINITY
  #lostAt = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  searched(): void {
    this.#roundAt = this.#clock.monotonic()
  }

  /** An orchestrator went away that worked before: it leaves for a restart, or died. */
  lost(): void {
    this.#lostAt = this.#clock.monotonic()
  }

  isDue(sessions: number, candidates: number): boolean {
    const wanted = Math.min(POOL_TARGET, candidates)
    if (sessions >= wanted) return false
    const now = this.#clock.monotonic()
    const usual = sessions < Math.ceil(wanted / 2) ? LOW_MS : OTHERWISE_MS
    return now - this.#roundAt >= (now - this.#lostAt < RESTART_MS ? RESTARTING_MS : usual)
  }
}
