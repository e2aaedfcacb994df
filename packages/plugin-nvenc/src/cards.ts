import type { Ladder } from '@livepeer-node/sdk'
import type { CardHealth } from './card-health.ts'
import { type CardSpeed, pixelsPerMsOf } from './card-speed.ts'
import type { EncoderBudget } from './encoder-budget.ts'

/** What a rendition without a rate of its own counts as (media.md §6.10). */
const ASSUMED_FPS = 30

/** Pixels per second that a session encodes, as the reference counts its load. */
export function loadOf(ladder: Ladder): number {
  return ladder.reduce((sum, { width, height, fps, fpsDen }) => sum + width * height * rate(fps, fpsDen), 0)
}

function rate(fps: number, fpsDen: number): number {
  return fps === 0 ? ASSUMED_FPS : Math.floor(fps / (fpsDen || 1))
}

export interface CardInit {
  readonly index: number
  /** `NVIDIA card` where nothing tells it. */
  readonly model: string
  readonly speed: CardSpeed
  readonly health: CardHealth
  readonly encoders: EncoderBudget
}

/** A card and the sessions on it. */
export interface Card extends CardInit {
  /** Pixels per second of its sessions. */
  readonly load: number
  readonly sessions: number
  /** Pixels that it has encoded. */
  readonly pixels: number
}

interface Seat extends CardInit {
  load: number
  sessions: number
  pixels: number
}

/** A session's place on a card. */
export interface Place {
  readonly card: Card
  /** Encoders that the session holds. */
  readonly encoders: number
  /** A segment was encoded. */
  encoded(pixels: number): void
  /** Gives the place back, once. */
  release(): void
}

/** How a card was judged for a session, for the log. */
export interface Judgement {
  readonly card: number
  readonly load: number
  readonly pixelsPerMs: number
  /** Media seconds that it takes for one second of all its sessions and this one: above 1 it does not keep up. */
  readonly predicted: number
}

export interface Choice {
  readonly place: Place
  /** All that could have it, best first. */
  readonly judged: readonly Judgement[]
}

/** Places sessions: each on the card that is predicted to have its segments done first. */
export class Cards {
  readonly #seats: readonly Seat[]
  readonly #sessionsPerCard: number
  #next = 0

  constructor(cards: readonly CardInit[], sessionsPerCard: number) {
    this.#seats = cards.map((card) => ({ ...card, load: 0, sessions: 0, pixels: 0 }))
    this.#sessionsPerCard = sessionsPerCard
  }

  get all(): readonly Card[] {
    return this.#seats
  }

  get sessionsPerCard(): number {
    return this.#sessionsPerCard
  }

  /** Of the cards that work. */
  get slots(): number {
    return this.#seats.filter(({ health }) => !health.problem).length * this.#sessionsPerCard
  }

  get sessions(): number {
    return this.#seats.reduce((sum, { sessions }) => sum + sessions, 0)
  }

  /** Is there a card that works, with a slot and as many encoders? */
  hasRoom(encoders: number): boolean {
    return this.#seats.some((seat) => this.#takes(seat, encoders))
  }

  /** The most encoders that one session can have on any card, were it alone; `undefined`: there is no limit. */
  get largestLadder(): number | undefined {
    const limits = this.#seats.map(({ encoders }) => encoders.limit ?? Number.POSITIVE_INFINITY)
    const largest = Math.max(...limits)
    return Number.isFinite(largest) ? largest : undefined
  }

  /**
   * The card with the least predicted finish time: what its sessions and this one ask of it, by its measured speed. Among equals the
   * one after the last one taken.
   */
  take(ladder: Ladder): Choice | undefined {
    const load = loadOf(ladder)
    const from = this.#next % Math.max(1, this.#seats.length)
    const judged = [...this.#seats.slice(from), ...this.#seats.slice(0, from)]
      .filter((seat) => this.#takes(seat, ladder.length))
      .map((seat) => ({ seat, judgement: this.#judge(seat, load) }))
      .toSorted((a, b) => a.judgement.predicted - b.judgement.predicted)
    const [best] = judged
    if (!best) return undefined
    this.#next++
    return { place: seated(best.seat, load, ladder.length), judged: judged.map(({ judgement }) => judgement) }
  }

  #takes({ health, sessions, encoders }: Seat, needed: number): boolean {
    return !health.problem && sessions < this.#sessionsPerCard && encoders.fits(needed)
  }

  #judge(seat: Seat, load: number): Judgement {
    const pixelsPerMs = pixelsPerMsOf(seat, this.#seats)
    return { card: seat.index, load: seat.load, pixelsPerMs, predicted: (seat.load + load) / pixelsPerMs / 1000 }
  }
}

function seated(seat: Seat, load: number, encoders: number): Place {
  seat.load += load
  seat.sessions++
  seat.encoders.take(encoders)
  let held = true
  return {
    card: seat,
    encoders,
    encoded: (pixels) => {
      seat.pixels += pixels
    },
    release: () => {
      if (!held) return
      held = false
      seat.load -= load
      seat.sessions--
      seat.encoders.giveBack(encoders)
    },
  }
}
