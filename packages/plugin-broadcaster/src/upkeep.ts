import type { Clock, SegmentReport } from '@livepeer-node/sdk'

const WINDOW_MS = 60_000
/** Fewer segments than this say nothing. */
const ENOUGH = 10
/** More of them too slow than this, and there is no room for another stream. */
const MAX_SLOW_SHARE = 0.2
/** A segment that took this many times its duration, until it was shown, is too slow. */
const SLOW_RATIO = 1.5
const SHORTEST_MS = 1500
/** What orchestrators that have too much to do look like; that there is none at all is no reason to refuse a publisher. */
const SLOW_CODES: ReadonlySet<string> = new Set(['LP_ORCHESTRATOR_SLOW', 'LP_ORCHESTRATOR_TIMEOUT'])

export interface Slowness {
  /** Of the segments of the last minute. */
  readonly slow: number
  readonly segments: number
  /** Share above which no stream is taken, 0 to 1. */
  readonly limit: number
}

/** Does the node keep up with the streams that it has? */
export class Upkeep {
  readonly #clock: Pick<Clock, 'monotonic'>
  #reports: { readonly at: number; readonly isSlow: boolean }[] = []

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  reported({ latencyMs, durationMs, attempts }: SegmentReport): void {
    const isLate = latencyMs > SLOW_RATIO * Math.max(SHORTEST_MS, durationMs)
    const isSlow = isLate || attempts.some(({ error }) => error !== undefined && SLOW_CODES.has(error))
    this.#reports.push({ at: this.#clock.monotonic(), isSlow })
    this.#forget()
  }

  /** `undefined`: it keeps up. */
  slowness(): Slowness | undefined {
    this.#forget()
    const segments = this.#reports.length
    const slow = this.#reports.filter(({ isSlow }) => isSlow).length
    if (segments < ENOUGH || slow <= segments * MAX_SLOW_SHARE) return undefined
    return { slow, segments, limit: MAX_SLOW_SHARE }
  }

  #forget(): void {
    const from = this.#clock.monotonic() - WINDOW_MS
    const first = this.#reports.findIndex(({ at }) => at >= from)
    if (first !== 0) this.#reports = first < 0 ? [] : this.#reports.slice(first)
  }
}
