/** What go-livepeer knows of a chain by its name (payments.md E1). */
export interface Network {
  /** Absent: any chain. */
  readonly chainId?: number
  /** Absent: it has to be given. */
  readonly controller?: string
  /** Gas that redeeming a ticket is reckoned with, where there is no estimate. */
  readonly redeemGas: bigint
  /** Wei per gas. */
  readonly minGasPrice: bigint
}

const PRIVATE: Network = Object.freeze({ redeemGas: 350_000n, minGasPrice: 0n })

const NETWORKS: ReadonlyMap<string, Network> = new Map([
  [
    'arbitrum-one-mainnet',
    {
      chainId: 42_161,
      controller: '0xD8E8328501E9645d16Cf49539efC04f734606ee4',
      redeemGas: 1_200_000n,
      minGasPrice: 0n,
    },
  ],
  [
    'mainnet',
    {
      chainId: 1,
      controller: '0xf96d54e490317c557a967abfa5d6e33006be69b3',
      redeemGas: 350_000n,
      minGasPrice: 1_000_000_000n,
    },
  ],
])

/** The network of this name; an unknown name is a private chain, whose Controller has to be given. `offchain`: none. */
export function networkOf(name: string): Network | undefined {
  return name === 'offchain' ? undefined : (NETWORKS.get(name) ?? PRIVATE)
}
