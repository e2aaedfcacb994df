import { isLivepeerError } from '@livepeer-node/sdk'
import { isError, type JsonRpcApiProvider, type Log } from 'ethers'

/** Blocks that are asked for at once. */
export const LOG_RANGE_BLOCKS = 1000n

/** Which events, and where. */
export interface LogQuery {
  readonly address: string | readonly string[]
  /** By position; `null`: any; several: any of them. */
  readonly topics?: readonly (string | readonly string[] | null)[]
  /** Both inclusive. */
  readonly fromBlock: bigint
  readonly toBlock: bigint
}

/** One event. */
export interface ChainLog {
  /** Of the contract, with checksum. */
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly block: bigint
  readonly blockHash: string
  readonly transactionHash: string
  /** Within the block. */
  readonly index: number
}

/** `from` to `to`, both inclusive, in ranges of `size` blocks. */
export function logRanges(from: bigint, to: bigint, size = LOG_RANGE_BLOCKS): [from: bigint, to: bigint][] {
  const ranges: [bigint, bigint][] = []
  for (let start = from; start <= to; start += size) {
    const end = start + size - 1n
    ranges.push([start, end < to ? end : to])
  }
  return ranges
}

/** Both halves of a range; the first is the larger one. */
export function halves(from: bigint, to: bigint): [[bigint, bigint], [bigint, bigint]] {
  const middle = (from + to) / 2n
  return [
    [from, middle],
    [middle + 1n, to],
  ]
}

/** Events in the order of the chain. */
export async function readLogs(provider: JsonRpcApiProvider, query: LogQuery): Promise<ChainLog[]> {
  const found: ChainLog[] = []
  for (const [fromBlock, toBlock] of logRanges(query.fromBlock, query.toBlock)) {
    found.push(...(await readRange(provider, { ...query, fromBlock, toBlock })))
  }
  return found
}

async function readRange(provider: JsonRpcApiProvider, query: LogQuery): Promise<ChainLog[]> {
  const { address, topics, fromBlock, toBlock } = query
  try {
    const logs = await provider.getLogs({
      address: typeof address === 'string' ? address : [...address],
      ...(topics && { topics: topics.map((it) => (typeof it === 'string' || it === null ? it : [...it])) }),
      fromBlock,
      toBlock,
    })
    return logs.map(toChainLog).toSorted(inOrder)
  } catch (error) {
    if (!isTooMany(error) || fromBlock === toBlock) throw error
    const found: ChainLog[] = []
    for (const [from, to] of halves(fromBlock, toBlock)) {
      found.push(...(await readRange(provider, { ...query, fromBlock: from, toBlock: to })))
    }
    return found
  }
}

/** An event of ethers as ours. */
export function toChainLog(log: Log): ChainLog {
  const { address, topics, data, blockHash, transactionHash, index } = log
  return { address, topics, data, block: BigInt(log.blockNumber), blockHash, transactionHash, index }
}

/** The order of the chain. */
export function inOrder(a: ChainLog, b: ChainLog): number {
  return a.block === b.block ? a.index - b.index : Number(a.block - b.block)
}

/** Did the endpoint find the range too large? Each one says it in its own words. */
function isTooMany(error: unknown): boolean {
  if (isLivepeerError(error)) return false
  const text = isError(error, 'UNKNOWN_ERROR') ? JSON.stringify(error.error ?? '') : String(error)
  return /more than \d+ (results|logs|blocks)|limit exceeded|block range|response size|too many|query timeout/i.test(
    text,
  )
}
