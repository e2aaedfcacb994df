import { Samples } from '@livepeer-node/media'
import type { Clock } from '@livepeer-node/sdk'

/** Segments over which a transcoder is judged. */
const WINDOW = 60
/** Older ones tell of another time, ms. Who had no work since then counts as not measured. */
const MAX_AGE_MS = 300_000
/** How late it was is soon over, ms: who was given less is to be given more again. */
const LATENESS_AGE_MS = 30_000
/** Fewer segments tell nothing of how late it is. */
const MIN_RATIOS = 10

/** A segment that was sent and is waited for. */
export interface Lap {
  /** Monotonic ms. */
  readonly startedAt: number
  /** The integral of `jobs` over time until then. */
  readonly area: number
}

/** How long a segment was in hand. */
export interface Took {
  readonly ms: number
  /** Segments that were in hand during that time, itself included; their mean. */
  readonly together: number
}

export interface Delivered {
  readonly pixels: number
  readonly durationMs: number
  /** Of the time that passed, what went into messages to and fro, ms. */
  readonly overheadMs: number
  /** Its session had to be opened first, which says nothing of how well it keeps up. */
  readonly cold: boolean
}

/** How fast a transcoder is, as its deliveries show it. */
export class Speed {
  readonly #clock: Clock
  readonly #work: Samples
  readonly #time: Samples
  readonly #ratios: Samples
  #jobs = 0
  #area = 0
  #at: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#at = clock.monotonic()
    const limits = { size: WINDOW, maxAgeMs: MAX_AGE_MS, clock }
    this.#work = new Samples(limits)
    this.#time = new Samples(limits)
    this.#ratios = new Samples({ ...limits, maxAgeMs: LATENESS_AGE_MS })
  }

  /** Segments in hand. */
  get jobs(): number {
    return this.#jobs
  }

  begin(): Lap {
    this.#tick(1)
    return { startedAt: this.#at, area: this.#area }
  }

  /** The segment is no longer waited for. */
  end({ startedAt, area }: Lap): Took {
    const beside = Math.max(1, this.#jobs)
    this.#tick(-1)
    const ms = this.#at - startedAt
    return { ms, together: ms > 0 ? (this.#area - area) / ms : beside }
  }

  /**
   * The segment came. Those that were in hand beside it had their share of the machine, so the machine's speed is the
   * segment's times their number.
   */
  delivered({ ms, together }: Took, { pixels, durationMs, overheadMs, cold }: Delivered): void {
    this.#work.add(together * pixels)
    this.#time.add(Math.max(1, ms - overheadMs))
    if (!cold) this.#ratios.add(ms / durationMs)
  }

  /** It was given up after so long: it is no faster than that. */
  gaveUp(elapsedMs: number, durationMs: number): void {
    this.#ratios.add(elapsedMs / durationMs)
  }

  /** Encoded pixels per ms of the whole machine; `undefined` while not measured. */
  get pixelsPerMs(): number | undefined {
    const ms = this.#time.sum
    return ms > 0 ? this.#work.sum / ms : undefined
  }

  /** Of time taken over duration: above 1 it falls behind. `undefined` after too few segments. */
  ratio(share: number): number | undefined {
    return this.#ratios.count < MIN_RATIOS ? undefined : this.#ratios.percentile(share)
  }

  #tick(change: number): void {
    const now = this.#clock.monotonic()
    this.#area += this.#jobs * (now - this.#at)
    this.#at = now
    this.#jobs += change
  }
}
