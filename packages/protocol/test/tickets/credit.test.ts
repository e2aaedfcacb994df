import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateFee, estimatePixels, feeOf, maxRational, PIXEL_MARGIN, Rational, ticketsFor } from '../../src/index.ts'
import { P144, P240 } from '../support/values.ts'
import { ratio } from './support.ts'

const THREE = Rational.of(3n)

describe('the fee before a segment is transcoded', () => {
  it.each([
    ['one rendition', [P144], 2000, 2_211_840n],
    ['two', [P144, P240], 2000, 8_346_240n],
    ['a second that has begun', [P144, P240], 2200, 12_519_360n],
    ['the source’s frames', [{ ...P144, fps: 0 }, P240], 3000, 15_837_120n],
    ['29.97 frames per second', [{ ...P144, fps: 30_000, fpsDen: 1001 }, P240], 3000, 12_519_360n],
    ['hardly more than two seconds', [P144], 2000.0001, 3_317_760n],
    ['no rendition', [], 2000, 0n],
  ])('%s', (_, ladder, durationMs, pixels) => {
    expect(estimatePixels(ladder, durationMs)).toBe(pixels)
    expect(estimateFee(ladder, durationMs, THREE)).toEqual(Rational.of(pixels * 3n).times(PIXEL_MARGIN))
  })

  it('is exact, margin included', () => {
    expect(estimateFee([P144], 2000, THREE).toString()).toBe('930218503033375965/137438953472')
  })
})

it('the fee of what was made is pixels times price', () => {
  expect(feeOf(396_288_000n, ratio('1/5')).toString()).toBe('79257600')
  expect(feeOf(1n, ratio('1/1000')).toString()).toBe('1/1000')
})

describe('tickets to buy', () => {
  it.each([
    ['1', '2', '1', 0n, '0'],
    ['2', '2', '1', 0n, '0'],
    ['5', '1', '1', 4n, '4'],
    ['2', '1/4', '1', 2n, '2'],
    ['2', '-5', '1', 7n, '7'],
    ['2', '0', '1', 2n, '2'],
    ['5', '1', '0', 0n, '0'],
  ])('for a fee of %s with a credit of %s, each worth %s: %s', (fee, credit, ev, tickets, worth) => {
    expect(bought(fee, credit, ev)).toEqual([tickets, worth])
  })

  it('cover one ticket’s worth even where the fee is less', () => {
    expect(bought('1/10', '0', '3')).toEqual([1n, '3'])
    expect(bought('1/10', '1', '3')).toEqual([1n, '3'])
    expect(bought('1/10', '3', '3')).toEqual([0n, '0'])
  })

  it('are enough, and one fewer would not be', () => {
    const amount = fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 6n }))
      .map(([n, d]) => Rational.of(n, d))
    const positive = amount.filter((value) => value.sign > 0)
    fc.assert(
      fc.property(positive, amount, positive, (fee, credit, ev) => {
        const { tickets, worth } = ticketsFor({ fee, credit, ev })
        const needed = maxRational(fee, ev)
        expect(worth).toEqual(ev.times(tickets))
        expect(credit.plus(worth).isLessThan(needed)).toBe(false)
        expect(tickets === 0n || credit.plus(worth).minus(ev).isLessThan(needed)).toBe(true)
      }),
    )
  })
})

function bought(fee: string, credit: string, ev: string): [bigint, string] {
  const { tickets, worth } = ticketsFor({ fee: ratio(fee), credit: ratio(credit), ev: ratio(ev) })
  return [tickets, worth.toString()]
}
