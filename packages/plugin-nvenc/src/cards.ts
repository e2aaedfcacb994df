import type { Ladder } from '@livepeer-node/sdk'

/** What a rendition without a rate of its own counts as (media.md §6.10). */
const ASSUMED_FPS = 30

/** Pixels per second that a session encodes, as the reference counts its load. */
export function loadOf(ladder: Ladder): number {
  return ladder.reduce((sum, { width, height, fps, fpsDen }) => sum + width * height * rate(fps, fpsDen), 0)
}

function rate(fps: number, fpsDen: number): number {
  return fps === 0 ? ASSUMED_FPS : Math.floor(fps / (fpsDen || 1))
}

interface Card {
  readonly index: number
  load: number
  sessions: number
}

/** Spreads sessions over the cards by load. */
export class Cards {
  readonly #cards: readonly Card[]
  readonly #sessionsPerCard: number
  #next = 0

  constructor(indexes: readonly number[], sessionsPerCard: number) {
    this.#cards = indexes.map((index) => ({ index, load: 0, sessions: 0 }))
    this.#sessionsPerCard = sessionsPerCard
  }

  get slots(): number {
    return this.#cards.length * this.#sessionsPerCard
  }

  get sessions(): number {
    return this.#cards.reduce((sum, { sessions }) => sum + sessions, 0)
  }

  get hasRoom(): boolean {
    return this.#cards.some(({ sessions }) => sessions < this.#sessionsPerCard)
  }

  /** For status pages. */
  get view(): readonly { readonly card: number; readonly sessions: number; readonly load: number }[] {
    return this.#cards.map(({ index, sessions, load }) => ({ card: index, sessions, load }))
  }

  /** The least loaded card with room; among equals the one after the last one taken. `release` gives the place back, once. */
  take(load: number): { readonly card: number; readonly release: () => void } | undefined {
    const { length } = this.#cards
    const order = [...this.#cards.slice(this.#next % length), ...this.#cards.slice(0, this.#next % length)]
    const [card] = order.filter(({ sessions }) => sessions < this.#sessionsPerCard).toSorted((a, b) => a.load - b.load)
    if (!card) return undefined
    this.#next++
    card.load += load
    card.sessions++
    let held = true
    const release = (): void => {
      if (!held) return
      held = false
      card.load -= load
      card.sessions--
    }
    return { card: card.index, release }
  }
}
