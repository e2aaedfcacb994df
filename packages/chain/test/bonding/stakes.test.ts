import { expect, test } from 'vitest'
import { MINTER_DIVISOR, percentOf, percentPoints, stakeAfterReward } from '../../src/index.ts'

// The known answers of payments.md G13.
test.each([
  [100n, 3n, 4n, 75n],
  [100n, 7n, 9n, 77n],
  [100n, 3n, 1_000_000n, 0n],
  [100n, 100_000n, 1_000_000n, 10n],
])('of %d, %d/%d are %d', (amount, numerator, denominator, expected) => {
  expect(percentOf(amount, numerator, denominator)).toBe(expected)
})

test('shares in parts of a million, and of the Minter in parts of a billion', () => {
  expect(percentPoints(3n, 4n)).toBe(750_000n)
  expect(percentPoints(100n, 300n)).toBe(333_333n)
  expect(percentPoints(100n, 300n, MINTER_DIVISOR)).toBe(333_333_333n)
  expect(percentOf(10n ** 9n, 1n, MINTER_DIVISOR, MINTER_DIVISOR)).toBe(1n)
})

test('the stake after a reward', () => {
  expect(stakeAfterReward({ totalStake: 10n, mintable: 7n, stakeInRound: 1n, totalBonded: 3n })).toBe(12n)
  expect(stakeAfterReward({ totalStake: 10n, mintable: 7n, stakeInRound: 0n, totalBonded: 0n })).toBe(10n)
})
