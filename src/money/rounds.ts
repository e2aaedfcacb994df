import type { Chain } from '@livepeer-node/chain'
import { table } from '../table.ts'
import { tokens } from './amounts.ts'
import { notPossible } from './errors.ts'

/** Where the protocol's rounds stand, and what they turn on. */
export interface RoundReport {
  readonly current: bigint
  readonly initialized: boolean
  readonly locked: boolean
  /** L1 block. */
  readonly block: bigint
  readonly startBlock: bigint
  readonly lengthBlocks: bigint
  /** Orchestrators that are to be active in the next round, and how many may be. */
  readonly poolSize: bigint
  readonly poolMaxSize: bigint
  /** Stake of the active ones, and all tokens. Smallest parts. */
  readonly totalBonded: bigint
  readonly totalSupply: bigint
  /** Of all tokens, parts per 10^9 and round. */
  readonly inflation: bigint
  readonly unbondingPeriod: bigint
}

export async function readRounds(chain: Chain): Promise<RoundReport> {
  const { roundsManager, bondingManager, minter } = chain.contracts
  const [round, head, poolSize, poolMaxSize, totalBonded, totalSupply, inflation, unbondingPeriod] = await Promise.all([
    roundsManager.readRound(),
    chain.block(),
    bondingManager.poolSize(),
    bondingManager.poolMaxSize(),
    bondingManager.totalBonded(),
    minter.globalTotalSupply(),
    minter.inflation(),
    bondingManager.unbondingPeriod(),
  ])
  const { current, initialized, locked, startBlock, lengthBlocks } = round
  const block = head?.l1Block ?? startBlock
  const place = { current, initialized, locked, block, startBlock, lengthBlocks }
  return { ...place, poolSize, poolMaxSize, totalBonded, totalSupply, inflation, unbondingPeriod }
}

/** For a person. */
export function roundText(report: RoundReport): string {
  const { current, initialized, locked, block, startBlock, lengthBlocks } = report
  const left = startBlock + lengthBlocks - block
  return table([
    ['round', `${current}${initialized ? '' : ', not initialized'}${locked ? ', locked' : ''}`],
    ['blocks', `${startBlock} to ${startBlock + lengthBlocks - 1n}, ${left < 0n ? 0n : left} left`],
    ['orchestrators', `${report.poolSize} of ${report.poolMaxSize}`],
    ['stake', `${tokens(report.totalBonded)} of ${tokens(report.totalSupply)}`],
    ['inflation', `${Number(report.inflation) / 1e7} % per round`],
    ['unbonding', `${report.unbondingPeriod} rounds`],
  ])
}

/** Throws `LP_CHAIN_STATE` while nearly every call of the protocol would fail. */
export async function checkInitialized({ contracts }: Chain): Promise<void> {
  const { initialized, current } = await contracts.roundsManager.readRound()
  if (initialized) return
  throw notPossible(
    `Round ${current} is not initialized.`,
    'Wait until somebody does it, or do it: `livepeer round initialize`.',
  )
}
