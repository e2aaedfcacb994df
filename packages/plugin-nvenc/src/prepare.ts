import type { Clock, Logger, Problem } from '@livepeer-node/sdk'
import { toProblem } from '@livepeer-node/sdk'
import { CardHealth } from './card-health.ts'
import { CardSpeed } from './card-speed.ts'
import { type CardInit, Cards } from './cards.ts'
import { type DetectedCard, type Detection, detectCards } from './detect.ts'
import { EncoderBudget } from './encoder-budget.ts'
import { encoderBudgets } from './encoder-limit.ts'
import { noCards } from './errors.ts'
import type { Machine } from './machine.ts'
import { namedCards, type NvencOptions } from './options.ts'

/** Where nothing tells a card's name. */
const NAMELESS = 'NVIDIA card'
const NO_CARD = 'No NVIDIA card transcodes here; other backends do.'

export interface PrepareInit {
  readonly machine: Machine
  readonly settings: NvencOptions
  readonly clock: Clock
  readonly log: Logger
}

export interface Prepared {
  readonly cards: Cards
  readonly found: readonly DetectedCard[]
  /** What the operator wants and does not get; empty: the node may start. */
  readonly problems: readonly Problem[]
}

/** Finds the machine's cards, their encoder limit, and what is wrong with those that do not work. */
export async function prepareCards({ machine, settings, clock, log }: PrepareInit): Promise<Prepared> {
  const named = namedCards(settings.nvidia)
  const isLookedFor = settings.nvidia === undefined
  if (isLookedFor && !machine.mayHaveCards) return none(log, settings)
  const detection = await detectCards(machine, named)
  const found = detection.cards
  const budgets = await encoderBudgets(found, { machine, clock, given: settings.encoderLimit })
  const cards = found.map((card) => cardOf(card, { machine, clock, log, budgets }))
  tell(detection, { log, limits: [...new Set([...budgets.values()].map(({ limit }) => limit))] })
  return { cards: new Cards(cards, settings.sessionsPerCard), found, problems: problemsOf(detection, settings) }
}

/** At once: a machine without a card has nothing to wait for. */
function none(log: Logger, { sessionsPerCard }: NvencOptions): Prepared {
  log.info(NO_CARD, { why: 'The NVIDIA driver is not there.' })
  return { cards: new Cards([], sessionsPerCard), found: [], problems: [] }
}

interface CardParts {
  readonly machine: Machine
  readonly clock: Clock
  readonly log: Logger
  readonly budgets: ReadonlyMap<number, EncoderBudget>
}

function cardOf({ index, reading, failure }: DetectedCard, { machine, clock, log, budgets }: CardParts): CardInit {
  const health = new CardHealth({ card: index, test: () => machine.test(index), clock, log })
  const encoders = budgets.get(index) ?? new EncoderBudget(clock)
  // A card whose encoders are all taken by others works: it is asked again in a while.
  if (failure?.error.code === 'LP_NVENC_SESSION_LIMIT') encoders.refuse()
  else if (failure) health.takeOut(failure.error, { retry: !failure.lasting })
  return { index, model: reading?.name ?? NAMELESS, speed: new CardSpeed(clock), health, encoders }
}

function tell(
  { cards, why }: Detection,
  { log, limits }: { log: Logger; limits: readonly (number | undefined)[] },
): void {
  const working = cards.filter(({ failure }) => !failure).map(({ index, reading }) => ({ index, name: reading?.name }))
  if (working.length === 0) {
    log.info(NO_CARD, { why: (why ?? cards[0]?.failure?.error)?.message })
    return
  }
  const limit = limits.find((encoders) => encoders !== undefined)
  log.info('NVIDIA cards work.', { cards: working, ...(limit !== undefined && { encoderSessionLimit: limit }) })
}

/**
 * Named cards must be there and able; where none of them works at all, that is a problem too. One that is only full does
 * not keep a node from starting, nor one that is lost beside others that work: it is tested again later.
 */
function problemsOf({ cards, why }: Detection, { nvidia }: NvencOptions): readonly Problem[] {
  if (nvidia === undefined) return []
  const failed = cards.flatMap(({ failure }) => (failure && failure.error.kind !== 'limit' ? [failure] : []))
  const noneWorks = failed.length === cards.length
  if (nvidia !== 'all') return failed.filter(({ lasting }) => lasting || noneWorks).map(({ error }) => toProblem(error))
  const first = failed[0]?.error ?? why
  return noneWorks && first ? [toProblem(noCards(first))] : []
}
