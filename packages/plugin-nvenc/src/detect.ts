import { cardUnusable, noCards } from './errors.ts'
import { reason } from './log-lines.ts'

/** More cards than a machine holds. */
const MOST_CARDS = 32

export interface Detection {
  readonly cards: readonly number[]
  /** Why the search ended: what the first card said that does not work. */
  readonly why: string
}

/**
 * Finds the cards that decode, scale and encode. `named` ones must all work, else it rejects with
 * `LP_NVENC_UNAVAILABLE`; without names cards are tried from 0 on, and `required` says whether there must be one.
 */
export async function detectCards(
  test: (card: number) => Promise<void>,
  wanted: { readonly named: readonly number[] | undefined; readonly required: boolean },
): Promise<Detection> {
  const cards: number[] = []
  for (const card of wanted.named ?? Array.from({ length: MOST_CARDS }, (_, index) => index)) {
    const why = await failure(test, card)
    if (why === undefined) {
      cards.push(card)
      continue
    }
    if (wanted.named) throw cardUnusable(card, why)
    if (wanted.required && cards.length === 0) throw noCards(why)
    return { cards, why }
  }
  return { cards, why: '' }
}

async function failure(test: (card: number) => Promise<void>, card: number): Promise<string | undefined> {
  try {
    await test(card)
    return undefined
  } catch (error) {
    return reason(error)
  }
}
