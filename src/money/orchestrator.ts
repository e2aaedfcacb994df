import { type Chain, poolHints, type TranscoderState } from '@livepeer-node/chain'
import { table } from '../table.ts'
import { ether, percent, tokens } from './amounts.ts'
import { badServiceUri, notPossible } from './errors.ts'

const PARTS = 1_000_000n

/** An orchestrator on the chain. */
export interface OrchestratorReport extends TranscoderState {
  readonly serviceUri: string
  /** Wei that could be withdrawn. */
  readonly pendingFees: bigint
  /** Its own stake, with what it has earned. Smallest parts of LPT. */
  readonly pendingStake: bigint
  readonly currentRound: bigint
  /** Whether it has called `reward` in this round. */
  readonly rewardCalled: boolean
}

export async function readOrchestrator({ contracts }: Chain, account: string): Promise<OrchestratorReport> {
  const { bondingManager, serviceRegistry, roundsManager } = contracts
  const [state, serviceUri, pendingFees, pendingStake, currentRound] = await Promise.all([
    bondingManager.readTranscoder(account),
    serviceRegistry.serviceUri(account),
    bondingManager.pendingFees(account),
    bondingManager.pendingStake(account),
    roundsManager.currentRound(),
  ])
  const rewardCalled = state.registered && state.lastRewardRound >= currentRound
  return { ...state, serviceUri, pendingFees, pendingStake, currentRound, rewardCalled }
}

/** For a person. */
export function orchestratorText(report: OrchestratorReport): string {
  return table([
    ['account', report.address],
    ['status', statusText(report)],
    ['service URI', report.serviceUri || 'none'],
    ['stake', `${tokens(report.totalStake)}, ${tokens(report.pendingStake)} its own`],
    ['reward cut', percent(report.rewardCut)],
    ['fee cut', percent(PARTS - report.feeShare)],
    ['fees', `${ether(report.pendingFees)} to withdraw`],
    ['last reward', `round ${report.lastRewardRound} of ${report.currentRound}`],
  ])
}

function statusText({ registered, active, activationRound, currentRound }: OrchestratorReport): string {
  if (!registered) return 'not registered'
  if (active) return 'active'
  return activationRound > currentRound ? `registered, active from round ${activationRound}` : 'registered, not active'
}

/** Throws `LP_CHAIN_STATE` unless its terms can be changed in this round. */
export async function checkTermsChange({ contracts }: Chain, report: OrchestratorReport): Promise<void> {
  const { locked, current } = await contracts.roundsManager.readRound()
  if (locked) {
    throw notPossible(
      `Round ${current} is in its last part, where terms cannot be changed.`,
      'Wait for the next round.',
    )
  }
  if (report.active && !report.rewardCalled) {
    throw notPossible(
      'An active orchestrator can change its terms only after its reward of this round.',
      'Call it first: `livepeer orchestrator reward`.',
    )
  }
}

/** Where it will stand in the pool once it has so much stake. */
export async function hintsFor({ contracts }: Chain, address: string, stake: bigint) {
  const { bondingManager } = contracts
  const [pool, size, most] = await Promise.all([
    bondingManager.poolOf(),
    bondingManager.poolSize(),
    bondingManager.poolMaxSize(),
  ])
  return poolHints(pool, size >= most, { address, stake })
}

/** An https address with a port that others can reach. Throws `LP_SERVICE_URI`. */
export function serviceUriOf(text: string): string {
  const withScheme = text.includes('://') ? text : `https://${text}`
  if (!URL.canParse(withScheme)) throw badServiceUri(text)
  const { protocol, hostname, port, pathname } = new URL(withScheme)
  const isOurs = protocol === 'https:' && port !== '' && pathname === '/'
  if (!isOurs || hostname.includes('0.0.0.0') || hostname === '[::]') throw badServiceUri(text)
  return `https://${hostname}:${port}`
}
