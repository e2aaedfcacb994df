import type { Clock } from '@livepeer-node/sdk'

/** Weight of the newest segment in the running mean. */
const NEWEST = 0.2

/** Segments at once by which two measures are no longer of like load. */
const LIKE_LOAD = 0.5

/** Encoded pixels per ms of a card, measured over what it really does. */
export class CardSpeed {
  readonly #clock: Clock
  #running = 0
  /** Segments in flight, summed up over time: its growth by time is their mean number. */
  #area = 0
  #areaAt: number
  #pixelsPerMs: number | undefined
  #concurrency = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#areaAt = clock.monotonic()
  }

  /** Of the card as a whole, all its sessions together; `undefined` before the first segment. */
  get pixelsPerMs(): number | undefined {
    return this.#pixelsPerMs
  }

  /** How many segments were in flight when that was measured: one alone does not keep a card busy. */
  get concurrency(): number {
    return this.#concurrency
  }

  /** A segment begins; call the answer with its pixels when it is done, with 0 when it failed. */
  begin(): (pixels: number) => void {
    this.#count()
    const startedAt = this.#areaAt
    const before = this.#area
    this.#running++
    return (pixels) => {
      this.#count()
      this.#running--
      const elapsed = this.#areaAt - startedAt
      if (pixels > 0 && elapsed > 0) this.#add(pixels / elapsed, (this.#area - before) / elapsed)
    }
  }

  /** Of one session, and beside how many: together they are what the card does. */
  #add(pixelsPerMs: number, concurrency: number): void {
    const total = pixelsPerMs * concurrency
    this.#concurrency = this.#pixelsPerMs === undefined ? concurrency : mean(this.#concurrency, concurrency)
    this.#pixelsPerMs = this.#pixelsPerMs === undefined ? total : mean(this.#pixelsPerMs, total)
  }

  #count(): void {
    const now = this.#clock.monotonic()
    this.#area += this.#running * (now - this.#areaAt)
    this.#areaAt = now
  }
}

/** A card as its speed is judged: beside others of its model. */
export interface Judged {
  readonly model: string
  readonly speed: CardSpeed
}

/**
 * What to reckon with. A card that was not measured counts as the mean of its model, else of all; one that was measured
 * with less to do counts as fast as the busier ones of its model, or the idle one of two equal cards would look slow for ever.
 * 1 where nothing was measured at all: then load alone decides.
 */
export function pixelsPerMsOf(card: Judged, all: readonly Judged[]): number {
  const measured = all.filter(({ speed }) => speed.pixelsPerMs !== undefined)
  const model = measured.filter((other) => other.model === card.model)
  const own = card.speed.pixelsPerMs
  if (own === undefined) return meanOf(model.length > 0 ? model : measured)
  const busier = model.filter(({ speed }) => speed.concurrency > card.speed.concurrency + LIKE_LOAD)
  return Math.max(own, ...busier.map(({ speed }) => speed.pixelsPerMs ?? 0))
}

/** The running mean with one more value. */
function mean(old: number, value: number): number {
  return old + NEWEST * (value - old)
}

function meanOf(cards: readonly Judged[]): number {
  if (cards.length === 0) return 1
  return cards.reduce((sum, { speed }) => sum + (speed.pixelsPerMs ?? 0), 0) / cards.length
}
