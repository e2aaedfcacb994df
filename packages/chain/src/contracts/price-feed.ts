import { type ContractPlace, ProtocolContract } from './contract.ts'

/** What a feed says of two currencies. */
export interface FeedAnswer {
  /** How much of the second one of the first costs, times 10^`decimals`. */
  readonly answer: bigint
  /** Seconds since 1970. */
  readonly updatedAt: bigint
}

/** A feed of exchange rates, with the interface of Chainlink's aggregators (payments.md A15). Not part of the protocol. */
export class PriceFeedContract extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('PriceFeed', place, [
      'function description() view returns (string)',
      'function decimals() view returns (uint8)',
      'function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
    ])
  }

  /** As `ETH / USD`. */
  async description(): Promise<string> {
    return String((await this.read('description'))[0])
  }

  async decimals(): Promise<number> {
    return Number((await this.read('decimals'))[0])
  }

  async latest(): Promise<FeedAnswer> {
    const { answer, updatedAt } = await this.read('latestRoundData')
    return { answer: BigInt(answer), updatedAt: BigInt(updatedAt) }
  }
}
