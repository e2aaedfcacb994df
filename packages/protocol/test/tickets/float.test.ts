import { describe, expect, it } from 'vitest'
import { availableFunds, type FloatInputs, maxFloat, reserveShare } from '../../src/index.ts'

function inputs(
  changes: Partial<Record<'deposit' | 'reserve' | 'spent' | 'claimed' | 'poolSize' | 'pending', bigint>>,
): FloatInputs {
  const { deposit = 0n, reserve = 500n, spent = 0n, claimed = 0n, poolSize = 1n, pending = 0n } = changes
  return {
    funds: { deposit, reserve: { fundsRemaining: reserve, claimedInCurrentRound: spent } },
    claimed,
    poolSize,
    pending,
  }
}

describe('the float of a sender', () => {
  it.each([
    [400n, 100n, 500n],
    [300n, 100n, 500n],
    [299n, 100n, 400n],
    [200n, 100n, 400n],
    [0n, 100n, 400n],
    [0n, 0n, 500n],
    [0n, 600n, -100n],
  ])('with a deposit of %s and %s pending is %s', (deposit, pending, float) => {
    expect(maxFloat(inputs({ deposit, pending }))).toBe(float)
  })

  it('is a share among the pool, what was claimed in the round counted in', () => {
    expect(reserveShare(inputs({ reserve: 500n, poolSize: 50n, claimed: 100n }))).toBe(-90n)
    expect(reserveShare(inputs({ reserve: 480n, spent: 21n, poolSize: 50n }))).toBe(10n)
    expect(reserveShare(inputs({ poolSize: 0n, claimed: 5n }))).toBe(0n)
  })

  it('is added to the deposit for what can be paid now', () => {
    expect(availableFunds(inputs({ deposit: 500n, reserve: 1000n }))).toBe(1500n)
    expect(availableFunds(inputs({ deposit: 500n, reserve: 1000n, pending: 100n }))).toBe(1400n)
  })
})
