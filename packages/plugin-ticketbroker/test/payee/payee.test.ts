import { CREDIT_HEADER, CREDIT_OPEN_HEADER, encodeTicketPayment, feeOf, Rational } from '@livepeer-node/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BALANCE_LIFE_MS } from '../../src/payee/balances.ts'
import { EV, SESSION, TestPayee, TestSender, worth } from '../support/payee.ts'
import { signerOf } from '../support/tickets.ts'

let payee: TestPayee
let sender: TestSender
beforeEach(() => {
  payee = new TestPayee()
  sender = new TestSender()
})
afterEach(() => payee[Symbol.dispose]())

const insufficient = expect.objectContaining({ code: 'LP_BALANCE', wireText: 'Insufficient balance' })

describe('terms', () => {
  it('are others each time, even for one session', async () => {
    const hashes = new Set<string>()
    for (let i = 0; i < 5; i += 1) {
      const { terms } = await sender.ask(payee, SESSION)
      hashes.add(Buffer.from(terms.recipientRandHash).toString('hex'))
    }
    expect(hashes.size).toBe(5)
  })

  it('have a face value that the reserve stands for', async () => {
    payee.chain.gasPrice = 0n
    payee.chain.funds = { ...payee.chain.funds, reserve: { fundsRemaining: 4n * 5000n, claimedInCurrentRound: 0n } }
    expect((await sender.ask(payee)).terms.faceValue).toBe(5000n)
    payee.chain.funds = { ...payee.chain.funds, reserve: { fundsRemaining: 4n * 999n, claimedInCurrentRound: 0n } }
    payee.senders.allChanged()
    await expect(new TestSender(signerOf(3)).ask(payee)).rejects.toThrow(
      expect.objectContaining({ code: 'LP_SENDER_RESERVE', wireText: 'insufficient sender reserve' }),
    )
  })

  it('ask what redeeming costs as well, unless they shall not', async () => {
    using adjusting = new TestPayee({ autoAdjustPrice: true })
    adjusting.chain.gasPrice = 7n
    // A face value of 100 times the cost of redeeming: 1 % more.
    expect((await sender.ask(adjusting)).price).toEqual(Rational.of(1515n, 1000n))
    payee.chain.gasPrice = 7n
    expect((await sender.ask(payee)).price).toEqual(Rational.of(3n, 2n))
  })

  it('ask a small price as it is, though the reference would cut it to nothing', async () => {
    using cheap = new TestPayee({ pricePerUnit: '1', pixelsPerUnit: '2000', autoAdjustPrice: true })
    expect((await sender.ask(cheap)).price).toEqual(Rational.of(1n, 2000n))
    await expect(cheap.receive(sender.nothing())).rejects.toThrow(insufficient)
  })

  it('keep the price of the session’s first payment', async () => {
    using adjusting = new TestPayee({ autoAdjustPrice: true })
    adjusting.chain.gasPrice = 0n
    const { price } = await sender.ask(adjusting)
    await adjusting.receive(await sender.pay(1))
    adjusting.chain.gasPrice = 7n
    expect((await sender.ask(adjusting, SESSION)).price).toEqual(price)
    expect((await sender.ask(adjusting, 'other')).price).not.toEqual(price)
  })

  it('of a free service take no look at the sender', async () => {
    using free = new TestPayee({ pricePerUnit: '0' })
    const { terms } = await sender.ask(free)
    expect([terms.faceValue, terms.winProb, free.chain.reads]).toEqual([0n, 0n, 0])
    const work = await free.receive(sender.nothing())
    work.debit(10n ** 9n)
    expect(free.balance()).toBe(undefined)
  })
})

describe('a payment', () => {
  it('is credited to the last fraction of a wei, and charged by the pixel', async () => {
    const offered = await sender.ask(payee)
    const work = await payee.receive(await sender.pay(3))
    const credit = worth(offered, 3)
    expect(work.headers).toEqual({ [CREDIT_HEADER]: credit.toString(), [CREDIT_OPEN_HEADER]: '0' })
    work.debit(1001n)
    work.debit(1001n)
    expect(payee.balance()).toBe(credit.minus(feeOf(1001n, Rational.of(3n, 2n))).toString())
  })

  it('need not have tickets while credit lasts', async () => {
    await sender.ask(payee)
    const first = await payee.receive(await sender.pay(2))
    first.debit(600n)
    const second = await payee.receive(sender.nothing())
    second.debit(100n)
    await expect(payee.receive(sender.nothing())).rejects.toThrow(insufficient)
  })

  it('must cover what is under way as well', async () => {
    await sender.ask(payee)
    const first = await payee.receive(await sender.pay(1))
    await expect(payee.receive(sender.nothing())).rejects.toThrow(insufficient)
    const second = await payee.receive(await sender.pay(1))
    expect(second.headers[CREDIT_OPEN_HEADER]).toBe('1')
    first.debit(0n)
    second.debit(0n)
    expect((await payee.receive(sender.nothing())).headers[CREDIT_OPEN_HEADER]).toBe('0')
  })

  it('counts for its session and its sender alone', async () => {
    await sender.ask(payee)
    await payee.receive(await sender.pay(2))
    await expect(payee.receive(sender.nothing(), 'other')).rejects.toThrow(insufficient)
    const stranger = { ...sender.nothing(), sender: signerOf(3).address }
    await expect(payee.receive(stranger)).rejects.toThrow(insufficient)
  })

  it('may come before its work', async () => {
    await sender.ask(payee)
    const payment = await sender.pay(1)
    await payee.payee.credit({ header: encodeTicketPayment(payment), sessionId: SESSION })
    await expect(payee.receive(sender.nothing())).resolves.toBeDefined()
  })

  it('is forgotten with its price after ten minutes without work', async () => {
    await sender.ask(payee)
    await payee.receive(await sender.pay(5))
    await payee.clock.advance(BALANCE_LIFE_MS)
    payee.till.sweep(payee.chain.l1Block)
    expect(payee.balance()).not.toBe(undefined)
    await payee.clock.advance(1)
    payee.till.sweep(payee.chain.l1Block)
    expect(payee.balance()).toBe(undefined)
    payee.restart()
    expect(payee.till.sizes.balances).toBe(0)
  })

  it('is looked at in turns when it has many tickets, and others get theirs meanwhile', async () => {
    await sender.ask(payee)
    const large = payee.receive(await sender.pay(600))
    const other = new TestSender(signerOf(3))
    await other.ask(payee)
    await payee.receive(await other.pay(1))
    expect(payee.balance()).toBe(undefined)
    await large
    expect(payee.balance()).not.toBe(undefined)
  })
})

describe('winners', () => {
  beforeEach(() => {
    // The reserve allows no more than the expected value: each ticket wins.
    payee.chain.gasPrice = 0n
    payee.chain.funds = { ...payee.chain.funds, reserve: { fundsRemaining: 4n * EV, claimedInCurrentRound: 0n } }
  })

  it('are on disk once the payment is taken', async () => {
    await sender.ask(payee)
    const payment = await sender.pay(3)
    await payee.receive(payment)
    payee.restart()
    expect(payee.winners.unsettled().map(({ ticket }) => ticket.ticket.senderNonce)).toEqual([1, 2, 3])
    expect(payee.reports.filter(({ event }) => event === 'ticket-won').map(({ amount }) => amount)).toEqual([
      EV,
      EV,
      EV,
    ])
  })

  it('are kept when they come too late or twice, once each', async () => {
    await sender.ask(payee)
    const payment = await sender.pay(1)
    payee.chain.l1Block += 40n
    for (let i = 0; i < 2; i += 1) await expect(payee.receive(payment)).rejects.toThrow(/terms|already seen/)
    expect(payee.winners.unsettled()).toHaveLength(1)
    expect(payee.balance()).toBe(undefined)
  })
})

describe('after a restart', () => {
  it('terms that are out are good, and tickets that were taken are not taken again', async () => {
    const offered = await sender.ask(payee)
    const [taken, held] = [await sender.pay(2), await sender.pay(1)]
    await payee.receive(taken)
    payee.restart()
    await expect(payee.receive(taken)).rejects.toThrow(
      expect.objectContaining({ wireText: expect.stringContaining('invalid ticket senderNonce: already seen') }),
    )
    await payee.receive(held)
    expect(payee.balance()).toBe(worth(offered, 3).toString())
  })

  it('balances are what they were, with their price and all that was charged', async () => {
    const offered = await sender.ask(payee)
    const work = await payee.receive(await sender.pay(2))
    work.debit(7n)
    payee.restart()
    expect(payee.balance()).toBe(worth(offered, 2).minus(Rational.of(21n, 2n)).toString())
    expect((await sender.ask(payee, SESSION)).price).toEqual(offered.price)
  })

  it('nonces of terms that are past are gone, but not before the chain could go back to them', async () => {
    await sender.ask(payee)
    await payee.receive(await sender.pay(1))
    payee.till.sweep(payee.chain.l1Block + 40n + 63n)
    payee.restart()
    expect(payee.till.sizes.terms).toBe(1)
    payee.till.sweep(payee.chain.l1Block + 40n + 64n)
    expect(payee.till.sizes.terms).toBe(0)
    payee.restart()
    expect(payee.till.sizes.terms).toBe(0)
  })
})
