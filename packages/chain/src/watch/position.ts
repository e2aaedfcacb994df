import type { BlockHead } from '../block.ts'
import type { Chain } from '../chain.ts'
import type { RoundState } from '../contracts/rounds-manager.ts'

/** Where the chain stood when it was last looked at. `round` and `poolSize` are as of some block with the same L1 block. */
export interface WatchedPosition {
  readonly l1Block: bigint
  readonly block: bigint
  readonly blockHash: string
  /** Seconds since 1970. */
  readonly timestamp: bigint
  /** Wei per gas that is burnt; `undefined`: the chain has none. */
  readonly baseFee: bigint | undefined
  readonly round: RoundState
  /** Orchestrators that are to be active in the next round; reserves are divided by it. */
  readonly poolSize: bigint
}

/** Reads what the protocol says at this block; what cannot have changed since `before` is taken over. */
export async function readPosition(
  { contracts }: Chain,
  head: BlockHead,
  before: WatchedPosition | undefined,
): Promise<WatchedPosition> {
  const { l1Block, number, hash, timestamp, baseFee } = head
  // An initialized round lasts until another L1 block comes. On Arbitrum there are many blocks in one of those.
  const isSameRound = before?.l1Block === l1Block && before.round.initialized
  const [round, poolSize] = isSameRound
    ? [before.round, before.poolSize]
    : await Promise.all([contracts.roundsManager.readRound(number), contracts.bondingManager.poolSize(number)])
  return { l1Block, block: number, blockHash: hash, timestamp, baseFee, round, poolSize }
}
