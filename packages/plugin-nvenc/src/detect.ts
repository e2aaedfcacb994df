import type { LivepeerError } from '@livepeer-node/sdk'
import { cardUnusable } from './errors.ts'
import { type CardFailure, knownFailure } from './failures.ts'
import { reason } from './log-lines.ts'
import type { Machine } from './machine.ts'
import type { CardReading } from './nvidia-smi.ts'

/** More cards than a machine holds. */
const MOST_CARDS = 32

export interface DetectedCard {
  readonly index: number
  /** As nvidia-smi shows it. */
  readonly reading: CardReading | undefined
  /** Why it does not work. */
  readonly failure: CardFailure | undefined
}

export interface Detection {
  readonly cards: readonly DetectedCard[]
  /** What card 0 said where there is none at all. */
  readonly why: LivepeerError | undefined
}

/**
 * Tests the named cards, else those that nvidia-smi lists, else from 0 on until one does not answer: each decodes, scales
 * and encodes a little. One after the other, as a driver may give one encoder at a time.
 */
export async function detectCards(machine: Machine, named: readonly number[] | undefined): Promise<Detection> {
  const readings = (await machine.readings()) ?? []
  const listed = readings.length > 0 ? readings.map(({ index }) => index) : undefined
  const wanted = named ?? listed
  const cards: DetectedCard[] = []
  for (const index of wanted ?? Array.from({ length: MOST_CARDS }, (_, number) => number)) {
    const failure = await failureOf(machine, index)
    // Without a list the first one that does not answer is the end of it; one that answers that it is full is a card.
    if (failure?.lasting && !wanted) return { cards, why: failure.error }
    cards.push({ index, failure, reading: readings.find((reading) => reading.index === index) })
  }
  return { cards, why: undefined }
}

async function failureOf(machine: Machine, index: number): Promise<CardFailure | undefined> {
  try {
    await machine.test(index)
    return undefined
  } catch (error) {
    return knownFailure(index, error) ?? { error: cardUnusable(index, reason(error), error), lasting: true }
  }
}
