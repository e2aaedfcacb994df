import type { Clock } from '@livepeer-node/sdk'
import type { DetectedCard } from './detect.ts'
import { EncoderBudget } from './encoder-budget.ts'
import type { Machine } from './machine.ts'

/** Encoders that are asked for at most: drivers that limit them give 2, 3, 5, 8 or 12. */
const ASKED_FOR = 16
/** Longest search, ms: the start waits for it. A card that it does not come to counts as one without a limit. */
const LIMIT_MS = 6000

export interface EncoderLimitInit {
  readonly machine: Machine
  readonly clock: Clock
  /** What the operator says. */
  readonly given: number | undefined
}

/**
 * The encoder budget of each card, by number. One card of each model is asked: the driver limits by model. All limited
 * ones share a budget, as they share the limit. Never rejects: what cannot be found out is met, and named, later.
 */
export async function encoderBudgets(
  cards: readonly DetectedCard[],
  { machine, clock, given }: EncoderLimitInit,
): Promise<ReadonlyMap<number, EncoderBudget>> {
  if (given !== undefined) {
    const shared = new EncoderBudget(clock, given)
    return new Map(cards.map(({ index }) => [index, shared]))
  }
  const end = clock.monotonic() + LIMIT_MS
  const found = new Map<string, number>()
  for (const { index, reading, failure } of cards) {
    const model = reading?.name ?? ''
    if (failure || found.has(model) || clock.monotonic() >= end) continue
    const encoders = await machine.countEncoders(index, ASKED_FOR).catch(() => ASKED_FOR)
    found.set(model, encoders)
  }
  const limits = [...found.values()].filter((encoders) => encoders > 0 && encoders < ASKED_FOR)
  const shared = limits.length > 0 ? new EncoderBudget(clock, Math.max(...limits)) : undefined
  return new Map(
    cards.map(({ index, reading }) => {
      const isLimited = (found.get(reading?.name ?? '') ?? ASKED_FOR) < ASKED_FOR
      return [index, isLimited && shared ? shared : new EncoderBudget(clock)]
    }),
  )
}
