import { CREDIT_HEADER, CREDIT_OPEN_HEADER, Rational } from '@livepeer-node/protocol'
import { aLadder } from '@livepeer-node/test-kit'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CreditAccount, type Need } from '../../src/payer/credit-account.ts'
import { aMarket, type Market } from '../support/market.ts'

const wei = (amount: number): Rational => Rational.of(BigInt(amount))
/** Ten tickets of 10. */
const need: Need = { fee: wei(100), ev: wei(10) }

describe('a report', () => {
  it('is followed to the wei where the orchestrator has debited all that it has taken in', () => {
    const account = new CreditAccount()
    // The first segment arrives and is charged 70, but nothing of it comes back.
    account.reserve(need).settle(undefined)
    const second = account.reserve(need)
    second.answered({ balance: wei(30 + 100), undebited: 0 })
    second.settle(wei(80))
    expect(account.credit).toEqual(wei(50))
  })

  it('leaves a charge that may still come in doubt', () => {
    const account = new CreditAccount()
    account.reserve(need).settle(undefined)
    const second = account.reserve(need)
    // With the first payment, without its debit: how large that will be is not known.
    second.answered({ balance: wei(100 + 100), undebited: 1 })
    second.settle(wei(80))
    expect(account.credit).toEqual(wei(20))
  })

  it('that all credit is gone is believed', () => {
    const account = new CreditAccount()
    const first = account.reserve(need)
    first.answered()
    first.settle(wei(40))
    expect(account.credit).toEqual(wei(60))
    const second = account.reserve(need)
    second.answered({ balance: second.worth, undebited: 0 })
    second.settle(wei(40))
    expect(account.credit).toEqual(second.worth.minus(wei(40)))
  })

  it('of less than an honest orchestrator can hold is not followed: segments are not sold for more than they cost at most', () => {
    const told = fc.record({ balance: fc.integer(), undebited: fc.nat(3), cost: fc.integer({ min: 60, max: 100 }) })
    fc.assert(
      fc.property(fc.array(told, { maxLength: 20 }), (segments) => {
        const account = new CreditAccount()
        let bought = 0n
        for (const [n, { balance, undebited, cost }] of segments.entries()) {
          const hold = account.reserve(need)
          bought += hold.tickets
          expect(bought <= 10n * BigInt(n + 1)).toBe(true)
          hold.answered({ balance: wei(balance), undebited })
          hold.settle(wei(cost))
        }
      }),
    )
  })

  it('may demand no more than what may have been charged meanwhile', () => {
    const account = new CreditAccount()
    account.reserve(need).settle(undefined)
    account.reserve(need).settle(undefined)
    const third = account.reserve(need)
    third.answered({ balance: wei(-1_000_000), undebited: 0 })
    third.settle(wei(100))
    expect(account.reserve(need).tickets).toBe(30n)
  })
})

describe('an orchestrator that is not honest', () => {
  const work = { ladder: aLadder(), durationMs: 2000 }
  const pixels = aLadder().reduce((sum, { width, height }) => sum + BigInt(width * height) * 60n, 0n)

  it('that counts ten times the pixels is paid no more, and has no further segment', async () => {
    using market = aMarket()
    const payer = await sessionWith(market)
    const payment = await payer.pay(work)
    payment.answered(() => undefined)
    payment.settle(10n * pixels)
    payer.update(await market.info('one'))
    expect(() => payer.check()).toThrow(expect.objectContaining({ code: 'LP_PAYMENT_CHARGE' }))
    await expect(payer.pay(work)).rejects.toMatchObject({ code: 'LP_PAYMENT_CHARGE' })
  })

  it('may count somewhat more than was estimated', async () => {
    using market = aMarket()
    const payer = await sessionWith(market)
    const payment = await payer.pay(work)
    payment.answered(() => undefined)
    payment.settle((19n * pixels) / 10n)
    expect(payer.check()).toBe('good')
  })

  it('cannot keep us busy with a balance of endless digits', async () => {
    using market = aMarket()
    const payer = await sessionWith(market)
    const before = payer.view?.().credit
    const payment = await payer.pay(work)
    const balance = `${'9'.repeat(30_000)}1/${'7'.repeat(20_000)}3`
    const told: Record<string, string> = { [CREDIT_HEADER]: balance, [CREDIT_OPEN_HEADER]: '0' }
    payment.answered((name) => told[name])
    payment.settle(pixels)
    expect(before).toBe('0')
    expect(payer.view?.().credit.length).toBeLessThan(200)
  })
})

async function sessionWith(market: Market) {
  return market.payers.open({ streamId: 's', orchestrator: 'x', info: await market.info('one') })
}
