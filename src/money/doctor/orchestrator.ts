import { Rational } from '@livepeer-node/protocol'
import { ether, rationalOf } from '../amounts.ts'
import type { OrchestratorReport } from '../orchestrator.ts'
import type { PriceQuote } from '../quotes.ts'
import type { ListedTicket } from '../tickets.ts'
import { type Check, failed, ok, warning } from './check.ts'

const FAR_FUTURE = 2n ** 256n - 1n

export interface OrchestratorFacts {
  readonly report: OrchestratorReport
  /** What its own service URI answered; `undefined`: it has none. */
  readonly own: PriceQuote | undefined
  /** Of the others in the pool. */
  readonly others: readonly PriceQuote[]
  /** Of the node that runs here; `undefined`: none runs. */
  readonly tickets: readonly ListedTicket[] | undefined
  /** Rounds in which a ticket can be redeemed, its own included. */
  readonly validityRounds: bigint
}

/** Can this orchestrator work, and is it paid? */
export function orchestratorChecks(facts: OrchestratorFacts): Check[] {
  const { report } = facts
  if (!report.registered) {
    return [failed('registered', `${report.address} is not`, 'Register it: `livepeer orchestrator register`.')]
  }
  return [
    ok('registered', report.address),
    activeCheck(report),
    nextRoundCheck(report),
    rewardCheck(report),
    reachableCheck(facts),
    priceCheck(facts),
    ...ticketChecks(facts),
  ]
}

function activeCheck({ active, currentRound, activationRound }: OrchestratorReport): Check {
  if (active) return ok('active', `in round ${currentRound}`)
  const found = `not in round ${currentRound}`
  return activationRound > currentRound
    ? warning('active', `${found}, but from round ${activationRound}`, 'Wait.')
    : failed('active', found, 'Its stake is not among the largest: bond more, `livepeer stake bond`.')
}

function nextRoundCheck({ deactivationRound }: OrchestratorReport): Check {
  if (deactivationRound === FAR_FUTURE) return ok('next round', 'in the pool')
  return failed(
    'next round',
    `out of the pool, inactive from round ${deactivationRound}`,
    'Bond more, `livepeer stake bond`.',
  )
}

function rewardCheck({ active, rewardCalled, lastRewardRound, currentRound }: OrchestratorReport): Check {
  if (rewardCalled || !active) return ok('reward', `last called in round ${lastRewardRound}`)
  return warning(
    'reward',
    `last called in round ${lastRewardRound}, this is ${currentRound}`,
    'Let the node do it (--reward), or `livepeer orchestrator reward`.',
  )
}

function reachableCheck({ report, own }: OrchestratorFacts): Check {
  if (!own) return failed('service URI', 'none', 'Say where it is reached: `livepeer orchestrator set-uri`.')
  if (own.weiPerPixel !== undefined) return ok('service URI', `${report.serviceUri} answered in ${own.tookMs} ms`)
  // It answered, but not with a price: this account has no deposit, as orchestrators rarely do.
  if (/sender|reserve|deposit/i.test(own.error ?? '')) {
    return ok('service URI', `${report.serviceUri} answered in ${own.tookMs} ms: ${own.error}`)
  }
  return failed(
    'service URI',
    `${report.serviceUri}: ${own.error}`,
    'Start the node; open the port; look at the DNS name.',
  )
}

/** Against what others in the pool ask: broadcasters have caps, and take the cheaper ones first. */
function priceCheck({ own, others }: OrchestratorFacts): Check {
  const price = own?.weiPerPixel
  const market = others.flatMap(({ weiPerPixel }) => (weiPerPixel === undefined ? [] : [rationalOf(weiPerPixel)]))
  if (price === undefined)
    return warning('price', 'not known', 'Ask with an account that has a deposit: `livepeer price quote`.')
  if (market.length === 0) return ok('price', `${price} wei per pixel; nobody else to compare with`)
  const sorted = market.toSorted((a, b) => (a.isMoreThan(b) ? 1 : -1))
  const median = sorted[Math.floor(sorted.length / 2)] ?? Rational.ZERO
  const found = `${price} wei per pixel; the middle of ${market.length} others is ${median.toString()}`
  return rationalOf(price).isMoreThan(median.times(2n))
    ? warning('price', found, 'Twice the market: many broadcasters will not use it.')
    : ok('price', found)
}

/** Winners that wait, by the round in which they can no longer be redeemed. */
function ticketChecks({ tickets, report: { currentRound }, validityRounds }: OrchestratorFacts): Check[] {
  if (tickets === undefined)
    return [warning('tickets', 'not known: no node runs here', 'Start it, or give its --data-dir.')]
  const waiting = tickets.filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return [ok('tickets', 'none waits')]
  const byRound = Map.groupBy(waiting, ({ creationRound }) => BigInt(creationRound) + validityRounds)
  return [...byRound].map(([expires, of]) => {
    const sum = of.reduce((total, { faceValue }) => total + BigInt(faceValue), 0n)
    const found = `${of.length} wait, ${ether(sum)}; lost from round ${expires} on`
    return expires <= currentRound + 1n
      ? warning(
          'tickets',
          found,
          'Their last round: look at gas (`maxGasPrice`, balance), then `livepeer tickets redeem`.',
        )
      : ok('tickets', found)
  })
}
