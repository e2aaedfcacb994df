import { create } from '@bufbuild/protobuf'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  adjustedPrice,
  checkSessionPrice,
  type PriceInfo,
  PriceInfoSchema,
  Rational,
  readPrice,
  toFixedPoint,
  writePrice,
} from '../../src/index.ts'
import { ratio } from './support.ts'

const MAX_INT64 = 2n ** 63n - 1n

function info(pricePerUnit: bigint, pixelsPerUnit: bigint): PriceInfo {
  return create(PriceInfoSchema, { pricePerUnit, pixelsPerUnit })
}

describe('a stated price', () => {
  it('is read in lowest terms and may be 0', () => {
    expect(readPrice(info(6n, 4n)).toString()).toBe('3/2')
    expect(readPrice(info(0n, 7n))).toEqual(Rational.ZERO)
  })

  it.each([
    ['expected price is nil', undefined],
    ['pixels per unit is 0', info(1n, 0n)],
    ['price is negative', info(-1n, 1n)],
    ['price is negative', info(1n, -1n)],
    ['price is negative', info(-1n, -1n)],
  ])('is refused: %s', (why, stated) => {
    expect(() => readPrice(stated)).toThrow(
      expect.objectContaining({
        code: 'LP_PRICE_INVALID',
        wireText: `invalid expected price sent with payment err="${why}"`,
      }),
    )
  })

  it('comes back as it was written', () => {
    const part = fc.bigInt({ min: 1n, max: MAX_INT64 })
    fc.assert(
      fc.property(part, part, (n, d) => {
        expect(readPrice(writePrice(Rational.of(n, d)))).toEqual(Rational.of(n, d))
      }),
    )
  })

  it('is cut to whole wei where it does not fit', () => {
    expect(writePrice(Rational.of(2n ** 64n + 1n, 2n ** 62n))).toEqual(info(4n, 1n))
    expect(writePrice(Rational.of(1n, 2n ** 64n))).toEqual(info(0n, 1n))
    for (const price of [Rational.of(2n ** 63n), Rational.of(-1n), Rational.of(-1n, 2n)]) {
      expect(() => writePrice(price)).toThrow(
        expect.objectContaining({ code: 'LP_PRICE_RANGE', wireText: 'price cannot be converted to int64' }),
      )
    }
  })
})

describe('a price that covers redemption', () => {
  it.each([
    ['1', '100', '101/100'],
    ['10', '100', '101/10'],
    ['1/10', '100', '101/1000'],
    ['25/10', '100', '101/40'],
    ['10', '10', '11'],
    ['10', '1/10', '110'],
    ['10', '1', '20'],
    ['0', '100', '0'],
    ['10', '0', '10'],
    ['0.0009', '0', '0'],
  ])('of %s with a multiplier of %s is %s', (base, multiplier, expected) => {
    expect(adjustedPrice(ratio(base), ratio(multiplier)).toString()).toBe(expected)
  })

  it('is cut to three decimals', () => {
    const multiplier = Rational.of(22_245_599_237_119_512n, 100_000n * 7_500_000_000n)
    expect(adjustedPrice(ratio('25000'), multiplier).toString()).toBe('25842863/1000')
  })
})

it('fixed-point numbers are cut, and bounded by 64 bits', () => {
  expect(['1/10', '500', '125/100', '1/5000'].map((text) => toFixedPoint(ratio(text), 1000n))).toEqual([
    100n,
    500_000n,
    1250n,
    0n,
  ])
  expect(tokens(1_844_486_980_754_712_220_549_592n)).toBe(184_448_698_075n)
  expect(tokens(1_238_827_039_830_161_692_185_743n)).toBe(123_882_703_983n)
  expect(tokens(451_288_400_383_394_091_574_336n)).toBe(45_128_840_038n)
  expect(tokens(92_233_720_368_547_758_070_000_000_000_000n)).toBe(MAX_INT64)
  expect(tokens(10n ** 40n)).toBe(MAX_INT64)
  expect(tokens(-(10n ** 40n))).toBe(-MAX_INT64 - 1n)
  expect([tokens(10n ** 13n), tokens(9n * 10n ** 12n)]).toEqual([1n, 0n])
})

describe('the price in the middle of a session', () => {
  it('may rise up to twice the first', () => {
    const price = info(1n, 3n)
    expect(checkSessionPrice(price, ratio('1/6'))).toEqual(ratio('1/3'))
    expect(checkSessionPrice(price, ratio('10/3'))).toEqual(ratio('1/3'))
    expect(checkSessionPrice(price, undefined)).toEqual(ratio('1/3'))
    expect(() => checkSessionPrice(price, ratio('1000/6001'))).toThrow(
      expect.objectContaining({
        code: 'LP_PRICE_ROSE',
        wireText:
          'Orchestrator price has more than doubled, Orchestrator price: 1/3, Orchestrator initial price: 1000/6001',
      }),
    )
  })

  it('must be there', () => {
    expect(() => checkSessionPrice(undefined, undefined)).toThrow(
      expect.objectContaining({ code: 'LP_PRICE_INVALID', wireText: 'missing orchestrator price' }),
    )
  })
})

function tokens(lptu: bigint): bigint {
  return toFixedPoint(Rational.of(lptu, 10n ** 18n), 100_000n)
}
