import type { JsonRpcApiProvider } from 'ethers'

/** The head of a block. */
export interface BlockHead {
  readonly number: bigint
  /** `0x…`, 32 bytes. */
  readonly hash: string
  readonly parentHash: string
  /** What the protocol counts in: on Arbitrum the block of Ethereum's main chain, elsewhere `number`. */
  readonly l1Block: bigint
  /** Wei per gas that is burnt; `undefined`: the chain has none. */
  readonly baseFee: bigint | undefined
  /** Seconds since 1970. */
  readonly timestamp: bigint
}

/** The latest block's head, or that one's; `undefined` where there is none. */
export async function readBlock(provider: JsonRpcApiProvider, number?: bigint): Promise<BlockHead | undefined> {
  const tag = number === undefined ? 'latest' : `0x${number.toString(16)}`
  // ethers' own Block leaves the L1 block out (payments.md H52).
  const raw: unknown = await provider.send('eth_getBlockByNumber', [tag, false])
  if (raw === null) return undefined
  // JSON of the endpoint; a field that is missing fails to read below.
  const block = raw as Record<string, string | undefined>
  const own = quantity(block.number)
  return {
    number: own,
    hash: String(block.hash),
    parentHash: String(block.parentHash),
    l1Block: block.l1BlockNumber === undefined ? own : quantity(block.l1BlockNumber),
    baseFee: block.baseFeePerGas === undefined ? undefined : quantity(block.baseFeePerGas),
    timestamp: quantity(block.timestamp),
  }
}

function quantity(text: string | undefined): bigint {
  return BigInt(text ?? 'missing')
}
