/** Chains whose L1 is Ethereum, which makes a block each 12 s: Ethereum itself and Arbitrum One. */
const ETHEREUM_CHAINS: ReadonlySet<bigint> = new Set([1n, 42_161n])
const L1_BLOCK_MS = 12_000
/** What is this old is not estimated: looks at the chain are seconds apart. */
const FRESH_MS = 60_000

/** When and where the chain was seen last. */
export interface SeenL1 {
  readonly chainId: bigint
  readonly l1Block: bigint
  /** ms since then. */
  readonly ageMs: number
}

/**
 * The L1 block that terms are counted from. While the chain does not answer, its blocks go on: terms that are counted from the last one
 * seen would be past for every broadcaster after eight minutes, and nobody could buy any more.
 */
export function presentL1Block({ chainId, l1Block, ageMs }: SeenL1): bigint {
  if (ageMs <= FRESH_MS || !ETHEREUM_CHAINS.has(chainId)) return l1Block
  return l1Block + BigInt(Math.floor(ageMs / L1_BLOCK_MS))
}
