import { create } from '@bufbuild/protobuf'
import { type PriceInfo, PriceInfoSchema } from '../gen/net/lp_rpc_pb.ts'
import { PRICE_RISE_LIMIT } from './constants.ts'
import { priceInvalid, priceMissing, priceOutOfRange, priceRose } from './errors-money.ts'
import { Rational } from './rational.ts'

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)
/** Prices that follow the redemption cost have three decimals. */
const PRICE_SCALE = 1000n

/**
 * Wei per pixel that a message states.
 * @throws `LP_PRICE_INVALID` (with the text for a payment's expected price) when absent, per 0 pixels or negative: recipientRand
 * does not tell −p from p, and the reference even pays the sender then (payments.md H62).
 */
export function readPrice(info: PriceInfo | undefined): Rational {
  if (!info) throw priceInvalid('expected price is nil', undefined)
  const { pricePerUnit, pixelsPerUnit } = info
  if (pixelsPerUnit === 0n) throw priceInvalid('pixels per unit is 0', `${pricePerUnit} per 0 pixels`)
  if (pricePerUnit < 0n || pixelsPerUnit < 0n) {
    throw priceInvalid('price is negative', `${pricePerUnit} per ${pixelsPerUnit} pixels`)
  }
  return Rational.of(pricePerUnit, pixelsPerUnit)
}

/**
 * A price as a message states it: numerator and denominator; whole wei per pixel, rounded down, where these do not fit 64 bits.
 * @throws `LP_PRICE_RANGE` for a price that is negative or too high for either
 */
export function writePrice(price: Rational): PriceInfo {
  const exact = price.numerator <= MAX_INT64 && price.denominator <= MAX_INT64
  const { numerator, denominator } = exact ? price : Rational.of(price.floor())
  if (numerator < 0n || numerator > MAX_INT64) throw priceOutOfRange(price.toString())
  return create(PriceInfoSchema, { pricePerUnit: numerator, pixelsPerUnit: denominator })
}

/** `value` times `scale` without its fraction, within 64 bits: fixed-point numbers as go-livepeer keeps and sends them. */
export function toFixedPoint(value: Rational, scale: bigint): bigint {
  const fixed = value.times(scale).truncate()
  if (fixed > MAX_INT64) return MAX_INT64
  return fixed < MIN_INT64 ? MIN_INT64 : fixed
}

/**
 * The price that covers redeeming as well (payments.md A15): raised by the share of a face value that redemption costs, cut to
 * three decimals. Prices below 0.001 wei per pixel become 0, as in the reference.
 * @param multiplier `txCostMultiplier`; 0 = redeeming costs nothing
 */
export function adjustedPrice(base: Rational, multiplier: Rational): Rational {
  const hasOverhead = base.sign > 0 && multiplier.sign > 0
  const overhead = hasOverhead ? Rational.ONE.plus(Rational.ONE.dividedBy(multiplier)) : Rational.ONE
  return Rational.of(toFixedPoint(base.times(overhead), PRICE_SCALE), PRICE_SCALE)
}

/**
 * What a broadcaster checks before it pays (payments.md A14).
 * @param initial price when the session began; `undefined` = it had none
 * @throws `LP_PRICE_INVALID`; `LP_PRICE_ROSE` above twice the first price
 */
export function checkSessionPrice(info: PriceInfo | undefined, initial: Rational | undefined): Rational {
  if (!info) throw priceMissing()
  const price = readPrice(info)
  if (initial && price.isMoreThan(initial.times(PRICE_RISE_LIMIT))) throw priceRose(price, initial)
  return price
}
