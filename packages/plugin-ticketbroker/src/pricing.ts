import { isEther, parsePricePerUnit, type PricedAmount, Rational, toWei } from '@livepeer-node/protocol'
import { currencyUnsupported, pixelsInvalid } from './errors.ts'

/** Wei of an amount in any currency, at the present rate. @throws `LP_PRICE_CURRENCY` */
export type Convert = (amount: PricedAmount) => Rational

/** Wei per pixel at this moment: a price in another currency moves with its rate. */
export type LivePrice = () => Rational

/** For nodes that follow no exchange rate. */
export const etherOnly: Convert = (amount) => {
  if (!isEther(amount.currency)) throw currencyUnsupported(`${amount.amount.toString()}${amount.currency}`)
  return toWei(amount)
}

/** A price as an operator writes it. @throws `LP_PRICE_TEXT`, `LP_PRICE_CURRENCY`, `LP_PRICE_PIXELS` */
export function livePrice(pricePerUnit: string, pixelsPerUnit: string, convert: Convert = etherOnly): LivePrice {
  const pixels = Rational.parse(pixelsPerUnit)
  if (!pixels || pixels.sign <= 0) throw pixelsInvalid(pixelsPerUnit)
  const amount = parsePricePerUnit(pricePerUnit)
  const price = () => convert(amount).dividedBy(pixels)
  // What cannot be converted now never can.
  price()
  return price
}

/** Does any of these prices move with an exchange rate? */
export function followsRate(prices: readonly (string | undefined)[]): boolean {
  return prices.some((text) => text !== undefined && !isEther(parsePricePerUnit(text).currency))
}
