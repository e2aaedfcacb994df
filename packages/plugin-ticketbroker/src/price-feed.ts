import {
  type ExchangeRate,
  feedRate,
  parseFeedPair,
  type PricedAmount,
  type Rational,
  toWei,
} from '@livepeer-node/protocol'
import { type Clock, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { feedUnusable } from './errors.ts'

/** Between two looks, and after one that failed, ms. */
const LOOK_MS = 3_600_000
const AGAIN_MS = 60_000

/** Where exchange rates come from. */
export interface RateSource {
  /** As `ETH / USD`. */
  description(): Promise<string>
  decimals(): Promise<number>
  latest(): Promise<{ readonly answer: bigint; readonly updatedAt: bigint }>
}

/** What one Ether costs in another currency. While the chain does not answer, the last good rate counts. */
export class PriceFeed {
  readonly #source: RateSource
  readonly #decimals: number
  #rate: ExchangeRate
  #updatedAt = 0n

  private constructor(source: RateSource, decimals: number, rate: ExchangeRate) {
    this.#source = source
    this.#decimals = decimals
    this.#rate = rate
  }

  /** @throws `LP_PRICE_CURRENCY`: it is no pair, `LP_PRICE_FEED`: its rate is not above 0, `LP_CHAIN_…` */
  static async open(source: RateSource): Promise<PriceFeed> {
    const [description, decimals, { answer, updatedAt }] = await Promise.all([
      source.description(),
      source.decimals(),
      source.latest(),
    ])
    if (answer <= 0n) throw feedUnusable(description, `${answer}`)
    const feed = new PriceFeed(source, decimals, { ...parseFeedPair(description), rate: feedRate(answer, decimals) })
    feed.#updatedAt = updatedAt
    return feed
  }

  get rate(): ExchangeRate {
    return this.#rate
  }

  /** At the present rate. @throws `LP_PRICE_CURRENCY` when the feed does not have this currency */
  toWei(price: PricedAmount): Rational {
    return toWei(price, this.#rate)
  }

  /** Looks every hour until the signal aborts. Resolves then. */
  async run({ clock, log, signal }: { clock: Clock; log: Logger; signal: AbortSignal }): Promise<void> {
    let pauseMs = LOOK_MS
    while (!signal.aborted) {
      await clock.sleep(pauseMs, signal).catch(() => {})
      if (signal.aborted) return
      pauseMs = (await this.#look(log)) ? LOOK_MS : AGAIN_MS
    }
  }

  async #look(log: Logger): Promise<boolean> {
    const { base, quote, rate } = this.#rate
    try {
      const { answer, updatedAt } = await this.#source.latest()
      // Another endpoint may be behind.
      if (updatedAt <= this.#updatedAt) return true
      if (answer <= 0n) throw feedUnusable(`${base} / ${quote}`, `${answer}`)
      this.#updatedAt = updatedAt
      this.#rate = { base, quote, rate: feedRate(answer, this.#decimals) }
      return true
    } catch (thrown) {
      const { code, message: reason } = toLivepeerError(thrown)
      const known = `${rate.toFixed(2)} ${base}/${quote}`
      log.warn('the exchange rate could not be read; the last one counts', { code, reason, known })
      return false
    }
  }
}
