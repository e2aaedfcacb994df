import { percentile } from '@livepeer-node/media'
import type { Clock, Logger } from '@livepeer-node/sdk'
import { tooLate } from './errors.ts'

/** Segments that are looked at, and for how long each counts, ms. */
const SEGMENTS = 60
const WINDOW_MS = 60_000
/** Fewer say nothing: the first segment of each session is slow. */
const MIN_SEGMENTS = 20
/** Above the first it is too much, until it is below the second. */
const TOO_LATE = 1
const IN_TIME = 0.8

interface Sample {
  readonly at: number
  readonly ratio: number
}

/** Does this machine keep up? From how long its latest segments took, by their duration. */
export class Pressure {
  readonly #clock: Clock
  readonly #log: Logger
  #samples: readonly Sample[] = []
  #late = false

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock
    this.#log = log
  }

  /** p95 of elapsed by duration; `undefined`: too few segments in the last minute. */
  get p95(): number | undefined {
    const since = this.#clock.monotonic() - WINDOW_MS
    this.#samples = this.#samples.filter(({ at }) => at >= since)
    if (this.#samples.length < MIN_SEGMENTS) return undefined
    return percentile(
      this.#samples.map(({ ratio }) => ratio),
      0.95,
    )
  }

  /** A segment is done; without a duration it says nothing. */
  done(segment: { readonly durationMs: number; readonly elapsedMs: number }): void {
    const { durationMs, elapsedMs } = segment
    if (durationMs <= 0) return
    const sample = { at: this.#clock.monotonic(), ratio: elapsedMs / durationMs }
    this.#samples = [...this.#samples.slice(1 - SEGMENTS), sample]
  }

  /** Throws `LP_TRANSCODER_LATE` where one more session would be too much. */
  check(): void {
    const p95 = this.p95
    const wasLate = this.#late
    this.#late = p95 !== undefined && p95 > (wasLate ? IN_TIME : TOO_LATE)
    if (wasLate && !this.#late) this.#log.info('segments are in time again: new sessions are taken', { p95 })
    if (this.#late && p95 !== undefined) throw tooLate(p95, IN_TIME)
  }
}
