import { describe, expect, it } from 'vitest'
import { checkRedemption, isRedeemableIn, isRevealable } from '../../src/index.ts'
import { ROUND_5 } from './support.ts'

describe('a winner', () => {
  it('is not revealed while its terms are good', () => {
    expect([99n, 100n, 101n].map((block) => isRevealable({ expirationBlock: 100n }, block))).toEqual([
      false,
      true,
      true,
    ])
  })

  it('is paid in its round and the next', () => {
    expect([5n, 6n, 7n].map((round) => isRedeemableIn(round, ROUND_5, 2n))).toEqual([true, true, false])
  })

  it('must be worth more than its redemption, and so must the sender’s funds', () => {
    const costs = { faceValue: 11n, availableFunds: 11n, txCost: 10n }
    expect(() => checkRedemption(costs)).not.toThrow()
    expect(() => checkRedemption({ ...costs, availableFunds: 10n })).toThrow(
      expect.objectContaining({ code: 'LP_REDEEM_FUNDS', wireText: 'insufficient sender funds for redeem tx cost' }),
    )
    expect(() => checkRedemption({ ...costs, faceValue: 10n })).toThrow(
      expect.objectContaining({
        code: 'LP_REDEEM_COST',
        wireText: 'insufficient ticket face value for redeem tx cost',
      }),
    )
  })
})
