import { currencyUnknown, priceTextInvalid } from './errors-money.ts'
import { Rational } from './rational.ts'

const WEI_PER_ETH = 10n ** 18n

/** A price as an operator writes it. */
export interface PricedAmount {
  readonly amount: Rational
  /** As written; empty = wei. */
  readonly currency: string
}

/** What a price feed says of Ether: how much of `quote` one `base` is. */
export interface ExchangeRate {
  readonly base: string
  readonly quote: string
  readonly rate: Rational
}

/** Reads `1200`, `0.13USD`, `100wei` (payments.md A15). @throws `LP_PRICE_TEXT`. */
export function parsePricePerUnit(text: string): PricedAmount {
  const [, number = '', currency = ''] = /^(\d+(?:\.\d+)?)([A-Za-z][A-Za-z0-9]*)?$/.exec(text.trim()) ?? []
  const amount = Rational.parse(number)
  if (!amount) throw priceTextInvalid(text)
  return { amount, currency }
}

/** The pair of a Chainlink feed's description, as `ETH / USD`, in capitals. @throws `LP_PRICE_CURRENCY`: not two names. */
export function parseFeedPair(description: string): Pick<ExchangeRate, 'base' | 'quote'> {
  const [base = '', quote = '', ...more] = description.split('/').map((name) => name.trim().toUpperCase())
  if (!base || !quote || more.length > 0)
    throw currencyUnknown('aggregator description must be in format base/quote', description)
  return { base, quote }
}

/** A feed's whole number and decimals as a rate. */
export function feedRate(answer: bigint, decimals: number): Rational {
  return Rational.of(answer, 10n ** BigInt(decimals))
}

/** Does this currency need no price feed? */
export function isEther(currency: string): boolean {
  return ['', 'wei', 'eth'].includes(currency.toLowerCase())
}

/**
 * An amount in wei.
 * @param rate only read for currencies other than wei and Ether
 * @throws `LP_PRICE_CURRENCY` when the feed does not have Ether on one side and the currency on the other, or no rate is known
 */
export function toWei({ amount, currency }: PricedAmount, rate?: ExchangeRate): Rational {
  if (isEther(currency)) return currency.toLowerCase() === 'eth' ? amount.times(WEI_PER_ETH) : amount
  if (!rate || rate.rate.sign <= 0) throw currencyUnknown(`no exchange rate of ${currency} is known`, currency)
  const perCurrency = etherPer(currency.toUpperCase(), rate)
  return amount.times(perCurrency).times(WEI_PER_ETH)
}

function etherPer(currency: string, { base, quote, rate }: ExchangeRate): Rational {
  const pair = `${base}/${quote}`
  if (base !== 'ETH' && quote !== 'ETH')
    throw currencyUnknown(`price feed does not have ETH as a currency (${pair})`, currency)
  if (base !== currency && quote !== currency) {
    throw currencyUnknown(`price feed does not have ${currency} as a currency (${pair})`, currency)
  }
  return base === 'ETH' ? Rational.ONE.dividedBy(rate) : rate
}
