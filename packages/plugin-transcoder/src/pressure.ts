import { Samples } from '@livepeer-node/media'
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

/** Does this machine keep up? From how long its latest segments took, by their duration. */
export class Pressure {
  readonly #log: Logger
  /** Elapsed by duration. */
  readonly #ratios: Samples
  #late = false

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#log = log
    this.#ratios = new Samples({ size: SEGMENTS, maxAgeMs: WINDOW_MS, clock })
  }

  /** p95 of elapsed by duration; `undefined`: too few segments in the last minute. */
  get p95(): number | undefined {
    return this.#ratios.count < MIN_SEGMENTS ? undefined : this.#ratios.percentile(0.95)
  }

  /** A segment is done; without a duration it says nothing. */
  done({ durationMs, elapsedMs }: { readonly durationMs: number; readonly elapsedMs: number }): void {
    if (durationMs > 0) this.#ratios.add(elapsedMs / durationMs)
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
