import { type ContractPlace, ProtocolContract } from './contract.ts'

/** Makes new tokens each round, and holds the Ether of the protocol (payments.md D4). */
export class Minter extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('Minter', place, [
      'function inflation() view returns (uint256)',
      'function inflationChange() view returns (uint256)',
      'function targetBondingRate() view returns (uint256)',
      'function currentMintableTokens() view returns (uint256)',
      'function currentMintedTokens() view returns (uint256)',
      'function getGlobalTotalSupply() view returns (uint256)',
    ])
  }

  /** Inflation per round, parts per 10^9. */
  inflation(): Promise<bigint> {
    return this.#number('inflation')
  }

  /** By how much inflation changes per round, parts per 10^9. */
  inflationChange(): Promise<bigint> {
    return this.#number('inflationChange')
  }

  /** Parts per 10^9. */
  targetBondingRate(): Promise<bigint> {
    return this.#number('targetBondingRate')
  }

  /** Smallest parts of LPT that this round may make in all. */
  mintableTokens(): Promise<bigint> {
    return this.#number('currentMintableTokens')
  }

  /** Smallest parts of LPT, on all chains together. */
  globalTotalSupply(): Promise<bigint> {
    return this.#number('getGlobalTotalSupply')
  }

  async #number(method: string): Promise<bigint> {
    return BigInt((await this.read(method))[0])
  }
}
