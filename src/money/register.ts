import type { Chain } from '@livepeer-node/chain'
import type { Step } from '../chain-command.ts'
import { tokens } from './amounts.ts'
import { notPossible } from './errors.ts'
import { hintsFor, type OrchestratorReport } from './orchestrator.ts'

export interface Registration {
  /** Tokens to bond to itself, smallest parts. */
  readonly stake: bigint
  /** Parts per 10^6. */
  readonly rewardCut: bigint
  readonly feeShare: bigint
  readonly serviceUri: string
}

/** Throws `LP_CHAIN_STATE` unless the account could register now. */
export async function checkRegistration(chain: Chain, report: OrchestratorReport, { stake }: Registration) {
  const { contracts } = chain
  const { address } = report
  if (report.registered && report.rewardCut + report.feeShare > 0n) {
    throw notPossible(`${address} is an orchestrator already.`, 'Change its terms or its URI instead.')
  }
  const { locked, current } = await contracts.roundsManager.readRound()
  if (locked) throw notPossible(`Round ${current} is in its last part.`, 'Register in the next round.')
  const { delegate } = await contracts.bondingManager.readDelegator(address)
  if (delegate !== undefined && delegate !== address) {
    throw notPossible(`${address} delegates to ${delegate}.`, 'Use another account, or unbond first.')
  }
  if (stake === 0n && delegate === undefined) {
    throw notPossible('An orchestrator needs stake of its own.', 'Give --stake.')
  }
  await checkTokens(chain, address, stake)
}

/** Throws `LP_CHAIN_STATE` unless the account has so many tokens. */
export async function checkTokens({ contracts }: Chain, account: string, amount: bigint): Promise<void> {
  const held = await contracts.token.balanceOf(account)
  if (held >= amount) return
  throw notPossible(`${account} has not enough tokens.`, `Send it ${tokens(amount - held)}.`, tokens(held))
}

/** Lets the BondingManager take tokens, where it may not yet. */
export async function approveStep({ contracts }: Chain, account: string, amount: bigint): Promise<Step | undefined> {
  const spender = contracts.bondingManager.address
  const allowed = await contracts.token.allowance(account, spender)
  if (allowed >= amount) return undefined
  return { label: `approve ${tokens(amount)}`, call: contracts.token.approve(spender, amount) }
}

/** Approve, bond to itself, set the terms, say how it is reached: what of it is not so already. */
export function registrationSteps(chain: Chain, report: OrchestratorReport, registration: Registration) {
  const { bondingManager, serviceRegistry } = chain.contracts
  const { address } = report
  const { stake, rewardCut, feeShare, serviceUri } = registration
  const bond = async (): Promise<Step> => {
    const hints = await hintsFor(chain, address, report.totalStake + stake)
    return { label: `bond ${tokens(stake)}`, call: bondingManager.bond(stake, address, { new: hints }) }
  }
  return [
    ...(stake > 0n ? [() => approveStep(chain, address, stake), bond] : []),
    { label: 'set reward cut and fee share', call: bondingManager.setTerms(rewardCut, feeShare) },
    ...(report.serviceUri === serviceUri
      ? []
      : [{ label: 'set the service URI', call: serviceRegistry.setServiceUri(serviceUri) }]),
  ]
}
