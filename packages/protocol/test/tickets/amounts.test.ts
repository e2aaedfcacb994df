import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ETH_UNITS, formatAmount, LPT_UNITS, parseAmount } from '../../src/index.ts'

describe('an amount', () => {
  it.each([
    ['1.5ETH', 1_500_000_000_000_000_000n],
    ['1.5 eth', 1_500_000_000_000_000_000n],
    ['20gwei', 20_000_000_000n],
    ['0.000000001gwei', 1n],
    ['7wei', 7n],
    ['0ETH', 0n],
    ['1.100000000000000000ETH', 1_100_000_000_000_000_000n],
  ])('%s', (text, wei) => {
    expect(parseAmount(text, ETH_UNITS)).toBe(wei)
  })

  it('of the token has units of its own', () => {
    expect(parseAmount('200LPT', LPT_UNITS)).toBe(200n * 10n ** 18n)
    expect(parseAmount('3lptu', LPT_UNITS)).toBe(3n)
    expect(() => parseAmount('1ETH', LPT_UNITS)).toThrow(expect.objectContaining({ code: 'LP_AMOUNT_INVALID' }))
  })

  it.each(['', '1', '1.5', 'ETH', '-1ETH', '1,5ETH', '1e18wei', '0.5wei', '.5ETH', '1.ETH', '1toString', '1ETH ETH'])(
    '“%s” is none',
    (text) => {
      expect(() => parseAmount(text, ETH_UNITS)).toThrow(expect.objectContaining({ code: 'LP_AMOUNT_INVALID' }))
    },
  )

  it('is never rounded', () => {
    expect(() => parseAmount(`0.${'0'.repeat(18)}1ETH`, ETH_UNITS)).toThrow(/submitted value has more than 18 decimals/)
  })

  it('reads back as it was shown', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), (wei) => {
        expect(parseAmount(formatAmount(wei, 'ETH'), ETH_UNITS)).toBe(wei)
      }),
    )
    expect(formatAmount(-1_500_000_000_000_000_000n, 'ETH')).toBe('-1.5 ETH')
    expect(formatAmount(5n, 'wei', 0)).toBe('5 wei')
    expect(formatAmount(5n, 'ETH')).toBe('0.000000000000000005 ETH')
  })
})
