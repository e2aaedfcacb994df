import { Samples } from '@livepeer-node/media'
import type { Clock } from '@livepeer-node/sdk'

/** Segments of the whole fleet from which the deadline is learned, and how many are enough. */
const WINDOW = 200
const ENOUGH = 20
const MAX_AGE_MS = 300_000
/** A segment is late when it takes so many times what 95 of 100 took. */
const FACTOR = 1.5
/** A second one may have to open the session, which costs its machine more than a short wait costs anybody. */
const FLOOR_MS = 500
const FLOOR_SHARE = 0.5
/** Before anything was learned, and for a session that has to be opened first: half the segment and this, ms. */
const OPENING_MS = 1000
/** Second sendings that each segment earns: overall no more than this share is sent twice. */
const SHARE = 0.1
/** Second sendings at once that are always allowed, however few sessions there are. */
const MIN_BURST = 4

export interface Wait {
  readonly durationMs: number
  /** Until the broadcaster gives up, ms. */
  readonly leftMs: number
  /** Time over duration of this transcoder's middle segment; of the session's last one there. */
  readonly usual: readonly (number | undefined)[]
  /** The transcoder has to open the session first. */
  readonly cold: boolean
}

/** When a segment is sent to a second transcoder beside the first, and how often. */
export class Hedging {
  readonly #ratios: Samples
  readonly #burst: () => number
  /** Second sendings that are not earned back yet. */
  #spent = 0

  /** `burst`: sessions that there are. All of them may be with one transcoder, and need a second one at the same moment. */
  constructor({ clock, burst }: { clock: Clock; burst: () => number }) {
    this.#ratios = new Samples({ size: WINDOW, maxAgeMs: MAX_AGE_MS, clock })
    this.#burst = burst
  }

  /** A segment was delivered and used: time taken over duration. */
  learn(ratio: number): void {
    this.#ratios.add(ratio)
  }

  /** From sending a segment until it is late, ms. */
  deadlineMs({ durationMs, leftMs, usual, cold }: Wait): number {
    const unlearned = durationMs / 2 + OPENING_MS
    const known = this.#ratios.count >= ENOUGH ? [this.#ratios.percentile(0.95), ...usual] : []
    const learned = known.length === 0 ? unlearned : FACTOR * durationMs * Math.max(...known.map((ratio) => ratio ?? 0))
    const late = Math.max(FLOOR_MS, FLOOR_SHARE * durationMs, learned, cold ? unlearned : 0)
    return Math.min(late, leftMs / 2)
  }

  /** A segment came to be transcoded. */
  earn(): void {
    this.#spent = Math.max(0, this.#spent - SHARE)
  }

  /** May one more segment be sent twice now? */
  take(): boolean {
    if (this.#spent + 1 > Math.max(MIN_BURST, this.#burst())) return false
    this.#spent += 1
    return true
  }
}
