import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AVERAGE_GAS_PRICE,
  expectedValue,
  faceValueFor,
  MAX_WIN_PROB,
  Rational,
  REDEEM_GAS_L2,
  txCostMultiplier,
  winProbFor,
  winProbFraction,
} from '../../src/index.ts'

const inputs = { ev: 5n, redeemGas: 10_000n, gasPrice: 100n, maxFloat: 10n ** 10n, maxFaceValue: 0n }

describe('the expected value', () => {
  it.each([
    [1000n, MAX_WIN_PROB / 2n, '500'],
    [1000n, 0n, '0'],
    [1000n, MAX_WIN_PROB, '1000'],
    [0n, 999n, '0'],
    [
      10_000_000_000_000_000n,
      11_579_208_923_731_619_542_357_098_500_868_790_785_326_998_466_564_056_403_945_759_000_000_000_000n,
      '1000000000000',
    ],
  ])('of %s wei at %s is %s', (faceValue, winProb, rounded) => {
    expect(expectedValue({ faceValue, winProb }).toFixed(0)).toBe(rounded)
  })

  it('is exact where the probability is 1', () => {
    expect(expectedValue({ faceValue: 1000n, winProb: MAX_WIN_PROB })).toEqual(Rational.of(1000n))
  })
})

it('a probability as a fraction', () => {
  const shown = [MAX_WIN_PROB / 2n, MAX_WIN_PROB / 4n, MAX_WIN_PROB].map((p) => winProbFraction(p).toFixed(3))
  expect(shown).toEqual(['0.500', '0.250', '1.000'])
})

describe('face value and probability', () => {
  it.each([
    [100n, 10n ** 10n, 100_000_000n, '5789604461865809771178549250434395392663499233282028201972879200395660'],
    [777n, 10n ** 10n, 777_000_000n, '745122839364969082519761808292714979750772102095499125093034646125570'],
    [1n, 10_001n, 10_001n, '57890255593098787833002192285115442382396752657554526567072084795477017120'],
    [0n, MAX_WIN_PROB, 500n, '1157920892373161954235709850086879078532699846656405640394575840079131296400'],
  ])('at %s wei per gas and a float of %s', (gasPrice, maxFloat, faceValue, winProb) => {
    const made = faceValueFor({ ...inputs, gasPrice, maxFloat })
    expect(made).toBe(faceValue)
    expect(winProbFor(made, inputs.ev)).toBe(BigInt(winProb))
  })

  it.each([
    [10_000_000n, 1_200_000_000_000_000n, '771947261582107969490473233391252719021799897770937093596383896000000000'],
    [100_000_000n, 12_000_000_000_000_000n, '77194726158210796949047323339125271902179989777093709359638392000000000'],
  ])('on Arbitrum at %s wei per gas', (gasPrice, faceValue, winProb) => {
    const ev = 8_000_000_000n
    const made = faceValueFor({ ev, redeemGas: REDEEM_GAS_L2, gasPrice, maxFloat: 10n ** 18n, maxFaceValue: 0n })
    expect(made).toBe(faceValue)
    expect(winProbFor(made, ev)).toBe(BigInt(winProb))
  })

  it('is bounded by the operator', () => {
    expect(faceValueFor({ ...inputs, maxFaceValue: 2_000_000n })).toBe(2_000_000n)
    expect(faceValueFor({ ...inputs, maxFaceValue: 10n ** 18n })).toBe(100_000_000n)
  })

  const cost = 10_000n * AVERAGE_GAS_PRICE
  it.each([
    ['a float of the expected value', { maxFloat: 5n, gasPrice: 0n }, 5n],
    [
      'dear gas, a float just below its cost',
      { gasPrice: AVERAGE_GAS_PRICE + 1n, maxFloat: cost + 9999n },
      cost + 9999n,
    ],
    ['dear gas, a float of the average cost', { gasPrice: AVERAGE_GAS_PRICE + 1n, maxFloat: cost }, cost],
    ['cheap gas, a float of its cost', { gasPrice: AVERAGE_GAS_PRICE - 1n, maxFloat: cost - 10_000n }, cost - 10_000n],
  ])('%s is enough', (_, changes, faceValue) => {
    expect(faceValueFor({ ...inputs, ...changes })).toBe(faceValue)
  })

  it.each([
    ['less than the expected value', { maxFloat: 4n }],
    ['a negative float', { maxFloat: -90n }],
    ['less than the average cost when gas is dear', { gasPrice: AVERAGE_GAS_PRICE + 1n, maxFloat: cost - 1n }],
    ['less than the cost when gas is cheap', { gasPrice: AVERAGE_GAS_PRICE - 1n, maxFloat: cost - 10_001n }],
    ['an operator’s bound below the expected value', { maxFaceValue: 4n }],
  ])('%s is not', (_, changes) => {
    expect(() => faceValueFor({ ...inputs, ...changes })).toThrow(
      expect.objectContaining({ code: 'LP_SENDER_RESERVE', wireText: 'insufficient sender reserve' }),
    )
  })

  it('are worth what was asked for, or a hair more', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 24n })
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const [ev, faceValue] = a < b ? [a, b] : [b, a]
        const worth = expectedValue({ faceValue, winProb: winProbFor(faceValue, ev) })
        expect(worth.isLessThan(Rational.of(ev))).toBe(false)
        expect(worth.minus(Rational.of(ev)).isLessThan(Rational.of(faceValue * ev, MAX_WIN_PROB))).toBe(true)
        expect(winProbFor(faceValue, ev) <= MAX_WIN_PROB).toBe(true)
      }),
    )
  })

  it('a free ticket never wins, one of its expected value always', () => {
    expect(winProbFor(0n, 5n)).toBe(0n)
    expect(winProbFor(5n, 5n)).toBe(MAX_WIN_PROB)
  })
})

it('how many times a face value covers its redemption', () => {
  expect(txCostMultiplier(100_000_000n, 1_000_000n).toString()).toBe('100')
  expect(txCostMultiplier(1_000_001n, 1_000_000n).toString()).toBe('1000001/1000000')
  expect(txCostMultiplier(500n, 0n)).toEqual(Rational.ZERO)
})
