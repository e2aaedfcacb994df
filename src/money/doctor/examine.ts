import type { FoundNode, NodeWanted } from '../../control/find-node.ts'
import { findNode } from '../../control/find-node.ts'
import { readDeposit } from '../deposit.ts'
import { readOrchestrator } from '../orchestrator.ts'
import { poolUris } from '../pool.ts'
import { askPrices } from '../quotes.ts'
import type { ChainSession } from '../session.ts'
import type { ListedTicket } from '../tickets.ts'
import { broadcasterChecks, type BroadcasterFacts } from './broadcaster.ts'
import { chainChecks, gasCheck } from './chain.ts'
import type { Check } from './check.ts'
import { orchestratorChecks } from './orchestrator.ts'

/** What a broadcaster was told to keep to. */
export type BroadcasterLimits = Pick<BroadcasterFacts, 'depositMultiplier' | 'maxPrice' | 'foreignPrice'> & {
  /** Orchestrators to ask; empty: those of the pool. */
  readonly uris: readonly string[]
}

export async function examineBroadcaster(session: ChainSession, limits: BroadcasterLimits): Promise<readonly Check[]> {
  const { chain } = session
  const account = await session.account()
  const [common, deposit, poolSize, uris] = await Promise.all([
    chainChecks(chain, Date.now()),
    readDeposit(chain, account),
    chain.contracts.bondingManager.poolSize(),
    limits.uris.length > 0 ? limits.uris : poolUris(chain),
  ])
  const quotes = await askPrices(uris, await session.signer())
  return [...common, ...broadcasterChecks({ ...limits, deposit, poolSize, quotes })]
}

export async function examineOrchestrator(session: ChainSession, node: NodeWanted): Promise<readonly Check[]> {
  const { chain } = session
  const account = await session.account()
  const [common, gas, report, uris, validityRounds, tickets] = await Promise.all([
    chainChecks(chain, Date.now()),
    gasCheck(chain, account),
    readOrchestrator(chain, account),
    poolUris(chain),
    chain.contracts.ticketBroker.ticketValidityPeriod(),
    ticketsOf(node),
  ])
  const signer = await session.signer()
  const own = report.serviceUri
  const [[ownQuote], others] = await Promise.all([
    askPrices(URL.canParse(own) ? [own] : [], signer),
    askPrices(
      uris.filter((uri) => uri !== own),
      signer,
    ),
  ])
  return [...common, gas, ...orchestratorChecks({ report, own: ownQuote, others, tickets, validityRounds })]
}

/** Of the node that runs here. That none does is a finding, not a failure. */
async function ticketsOf(wanted: NodeWanted): Promise<readonly ListedTicket[] | undefined> {
  try {
    const node: FoundNode = await findNode(wanted)
    return await node.client.ask<readonly ListedTicket[]>('GET', '/payments/tickets?limit=10000')
  } catch {
    return undefined
  }
}
