import type { BlockHead } from '../block.ts'
import type { Chain } from '../chain.ts'
import type { RoundState } from '../contracts/rounds-manager.ts'

/** Where the chain stood when it was last looked at. All of it belongs to the same block. */
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

/** Reads what the protocol says at this block. */
export async function readPosition({ contracts }: Chain, head: BlockHead): Promise<WatchedPosition> {
  const [round, poolSize] = await Promise.all([
    contracts.roundsManager.readRound(head.number),
    contracts.bondingManager.poolSize(head.number),
  ])
  const { l1Block, number, hash, timestamp, baseFee } = head
  return { l1Block, block: number, blockHash: hash, timestamp, baseFee, round, poolSize }
}
