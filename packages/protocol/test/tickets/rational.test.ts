import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxRational, Rational } from '../../src/index.ts'
import { ratio } from './support.ts'

const whole = fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n })
const positive = fc.bigInt({ min: 1n, max: 2n ** 300n })
const fraction = fc.tuple(whole, positive).map(([n, d]) => Rational.of(n, d))

describe('a fraction', () => {
  it('is in lowest terms with the sign above', () => {
    expect(Rational.of(6n, -4n).toString()).toBe('-3/2')
    expect(Rational.of(-8n, -4n).toString()).toBe('2')
    expect(Rational.of(0n, -5n)).toEqual(Rational.ZERO)
    expect(() => Rational.of(1n, 0n)).toThrow(RangeError)
  })

  it('is one value per number, whatever it was built from', () => {
    fc.assert(
      fc.property(whole, positive, positive, (n, d, factor) => {
        expect(Rational.of(n * factor, d * factor)).toEqual(Rational.of(n, d))
      }),
    )
  })

  it('adds, subtracts, multiplies and divides exactly', () => {
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        expect(a.plus(b).minus(b)).toEqual(a)
        expect(a.plus(b)).toEqual(b.plus(a))
        expect(a.times(b)).toEqual(b.times(a))
      }),
    )
    fc.assert(
      fc.property(fraction, positive, positive, (a, n, d) => {
        expect(a.times(Rational.of(n, d)).dividedBy(Rational.of(n, d))).toEqual(a)
      }),
    )
    expect(ratio('1/3').plus(ratio('1/6')).toString()).toBe('1/2')
    expect(ratio('1/3').times(6n).toString()).toBe('2')
    expect(() => Rational.ONE.dividedBy(Rational.ZERO)).toThrow(RangeError)
  })

  it('is ordered like the difference', () => {
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        expect(a.compare(b)).toBe(a.minus(b).sign)
        expect(a.isLessThan(b)).toBe(b.isMoreThan(a))
        expect(a.equals(b)).toBe(a.compare(b) === 0)
        expect(maxRational(a, b).isLessThan(a)).toBe(false)
        expect(maxRational(a, b).isLessThan(b)).toBe(false)
      }),
    )
  })

  it('rounds to whole numbers on both sides of 0', () => {
    expect(rounded('7/2')).toEqual([3n, 3n, 4n])
    expect(rounded('-7/2')).toEqual([-4n, -3n, -3n])
    expect(rounded('-4')).toEqual([-4n, -4n, -4n])
    fc.assert(
      fc.property(fraction, (a) => {
        expect(Rational.of(a.floor()).isMoreThan(a)).toBe(false)
        expect(Rational.of(a.floor() + 1n).isMoreThan(a)).toBe(true)
        expect(Rational.of(a.ceil()).isLessThan(a)).toBe(false)
      }),
    )
  })

  it('is shown with decimals, halves away from 0', () => {
    expect(ratio('1/3').toFixed(5)).toBe('0.33333')
    expect(ratio('0.000005').toFixed(5)).toBe('0.00001')
    expect(ratio('-0.000005').toFixed(5)).toBe('-0.00001')
    expect(ratio('-0.000004').toFixed(5)).toBe('0.00000')
    expect(ratio('2.5').toFixed(0)).toBe('3')
  })

  it('comes back from its text', () => {
    fc.assert(
      fc.property(fraction, (a) => {
        expect(Rational.parse(a.toString())).toEqual(a)
        expect(JSON.parse(JSON.stringify({ a }))).toEqual({ a: a.toString() })
      }),
    )
    expect(ratio('0.25').toString()).toBe('1/4')
  })

  it.each(['', '1/0', '1.', '.5', '1e3', '0x10', ' 1', '1/2/3', '1.5/2', '--1'])('is not read from “%s”', (text) => {
    expect(Rational.parse(text)).toBeUndefined()
  })

  it('never meets an operator, and stays as it is', () => {
    expect(() => Rational.ONE < Rational.ZERO).toThrow(TypeError)
    expect(() => Number(Rational.ONE)).toThrow(TypeError)
    expect(String(ratio('5/3'))).toBe('5/3')
    expect(Object.isFrozen(Rational.of(1n, 3n))).toBe(true)
  })
})

function rounded(text: string): bigint[] {
  return [ratio(text).floor(), ratio(text).truncate(), ratio(text).ceil()]
}
