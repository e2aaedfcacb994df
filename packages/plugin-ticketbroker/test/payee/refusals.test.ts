import { create } from '@bufbuild/protobuf'
import {
  addressText,
  encodePaymentHeader,
  type Payment,
  PriceInfoSchema,
  Rational,
  signTicket,
  type TicketPayment,
  writePayment,
} from '@livepeer-node/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SESSION, TestPayee, TestSender, worth } from '../support/payee.ts'
import { signerOf } from '../support/tickets.ts'

type Paid = Awaited<ReturnType<TestSender['pay']>>

let payee: TestPayee
let sender: TestSender
beforeEach(async () => {
  payee = new TestPayee()
  sender = new TestSender()
  await sender.ask(payee)
})
afterEach(() => payee[Symbol.dispose]())

const RAND = 'invalid recipientRand for ticket recipientRandHash'
const SENDER = addressText(signerOf(1).address)

/** Refused with this text, before anybody asks the chain, and without a trace in balance, price or winners. */
async function expectRefused(payment: TicketPayment | string, text: string): Promise<void> {
  const { reads } = payee.chain
  const before = payee.balance()
  await expect(payee.receive(payment)).rejects.toThrow(expect.objectContaining({ wireText: text }))
  expect(payee.chain.reads).toBe(reads)
  expect(payee.balance()).toBe(before)
  expect(payee.winners.unsettled()).toEqual([])
  expect(payee.reports.at(-1)?.event).toBe('payment-refused')
}

function withTerms(payment: Paid, changes: Partial<Paid['purchase']['terms']>): TicketPayment {
  return { ...payment, purchase: { ...payment.purchase, terms: { ...payment.purchase.terms, ...changes } } }
}

function withTickets(payment: Paid, change: (ticket: Paid['purchase']['tickets'][number], i: number) => object) {
  const tickets = payment.purchase.tickets.map((ticket, i) => ({ ...ticket, ...change(ticket, i) }))
  return { ...payment, purchase: { ...payment.purchase, tickets } }
}

function headerOf(payment: TicketPayment, change: (message: Payment) => void): string {
  const message = writePayment(payment)
  change(message)
  return encodePaymentHeader(message)
}

describe('a payment that changes what was offered is refused:', () => {
  it.each([
    ['the face value', { faceValue: 1n }],
    ['the probability', { winProb: 1n }],
    ['the seed', { seed: 5n }],
    ['the last block', { expirationBlock: 99_999n }],
    ['the round', { round: { creationRound: 8n, creationRoundBlockHash: new Uint8Array(32).fill(7) } }],
    ['the hash of the secret', { recipientRandHash: new Uint8Array(32).fill(1) }],
  ])('%s', async (_what, changes) => {
    await expectRefused(withTerms(await sender.pay(1), changes), RAND)
  })

  it('the price', async () => {
    const expectedPrice = create(PriceInfoSchema, { pricePerUnit: 1n, pixelsPerUnit: 1n })
    await expectRefused({ ...(await sender.pay(1)), expectedPrice }, RAND)
  })

  it('the recipient', async () => {
    await expectRefused(withTerms(await sender.pay(1), { recipient: signerOf(9).address }), 'invalid ticket recipient')
  })

  it('the sender, whose terms these are not', async () => {
    await expectRefused({ ...(await sender.pay(1)), sender: signerOf(9).address }, RAND)
  })

  it('the sender into nobody', async () => {
    await expectRefused({ ...(await sender.pay(1)), sender: new Uint8Array(20) }, 'invalid ticket sender')
  })
})

describe('a ticket is refused', () => {
  it('that is forged', async () => {
    const forger = await signerOf(9).sign(new Uint8Array(32))
    await expectRefused(
      withTickets(await sender.pay(1), () => ({ signature: forger })),
      'invalid ticket signature',
    )
    await expectRefused(
      withTickets(await sender.pay(1), () => ({ signature: new Uint8Array(64) })),
      'invalid ticket signature',
    )
    await expectRefused(
      withTickets(await sender.pay(1), () => ({ senderNonce: 77 })),
      'invalid ticket signature',
    )
  })

  it('that was there before', async () => {
    const payment = await sender.pay(1)
    await payee.receive(payment)
    await expectRefused(payment, `invalid ticket senderNonce: already seen sender=${SENDER} nonce=1`)
  })

  it('that is the 601st on the same terms', async () => {
    await payee.receive(await sender.pay(600))
    const { offered } = sender
    if (!offered) throw new Error('nothing was offered')
    const { terms, expectedPrice } = offered
    const { address } = sender.signer
    const signature = await signTicket(sender.signer, { ...terms, sender: address, senderNonce: 601 })
    const tickets = [{ senderNonce: 601, signature }]
    await expectRefused(
      { sender: address, expectedPrice, purchase: { terms, tickets } },
      `invalid ticket senderNonce: too many values sender=${SENDER} nonce=601`,
    )
  })

  it('whose terms are past', async () => {
    payee.chain.l1Block += 40n
    await expectRefused(await sender.pay(1), 'TicketParams expired')
  })

  it('from its place on: those before it count, those after it do not', async () => {
    const offered = await sender.ask(payee)
    const bad = withTickets(await sender.pay(4), ({ signature }, i) => ({
      signature: i === 1 ? new Uint8Array(65) : signature,
    }))
    await expect(payee.receive(bad)).rejects.toThrow(expect.objectContaining({ wireText: 'invalid ticket signature' }))
    expect(payee.balance()).toBe(worth(offered, 1).toString())
  })
})

describe('a payment is refused', () => {
  it('that is no message', async () => {
    await expect(payee.receive('foo!')).rejects.toThrow(expect.objectContaining({ code: 'LP_HEADER_BASE64' }))
    await expect(payee.receive('Zm9vYmFy')).rejects.toThrow(expect.objectContaining({ code: 'LP_HEADER_UNDECODABLE' }))
  })

  it('whose parts are missing or have wrong lengths', async () => {
    const payment = await sender.pay(1)
    await expectRefused(
      headerOf(payment, (message) => (message.expirationParams = undefined)),
      RAND,
    )
    await expectRefused(
      headerOf(payment, (message) => (message.ticketParams = undefined)),
      RAND,
    )
    await expectRefused(
      headerOf(payment, (message) => (message.sender = new Uint8Array())),
      'Could not find Sender for payment',
    )
    await expectRefused(
      headerOf(payment, (message) => (message.sender = new Uint8Array(21))),
      'invalid ticket sender',
    )
    const long = headerOf(
      payment,
      ({ ticketParams }) => ticketParams && (ticketParams.faceValue = new Uint8Array(40).fill(1)),
    )
    await expectRefused(long, RAND)
  })

  it.each([
    ['nothing', undefined, 'expected price is nil'],
    ['nothing for 0 pixels', { pricePerUnit: 3n, pixelsPerUnit: 0n }, 'pixels per unit is 0'],
    ['less than nothing', { pricePerUnit: -3n, pixelsPerUnit: 2n }, 'price is negative'],
  ])('that expects to pay %s', async (_what, price, why) => {
    const payment = await sender.pay(1)
    const header = headerOf(payment, (message) => (message.expectedPrice = price && create(PriceInfoSchema, price)))
    await expectRefused(header, `invalid expected price sent with payment err="${why}"`)
  })

  it('that expects to pay less than before once there are no tickets to show for it', async () => {
    await payee.receive(await sender.pay(9))
    const cheaper = create(PriceInfoSchema, { pricePerUnit: 0n, pixelsPerUnit: 1n })
    const text = 'invalid expected price sent with payment err="price is too low"'
    await expectRefused({ ...sender.nothing(), expectedPrice: cheaper }, text)
  })

  it('while this orchestrator is not active', async () => {
    payee.chain.isActive = false
    const { address } = signerOf(2)
    const text = `orchestrator ${addressText(address)} is inactive in round 7, cannot process payments`
    await expectRefused(await sender.pay(1), text)
  })

  it('of a sender whose funds may leave soon', async () => {
    payee.chain.funds = { ...payee.chain.funds, withdrawRound: 8n }
    payee.senders.allChanged()
    await new Promise((resolve) => setImmediate(resolve))
    await expectRefused(await sender.pay(1), `deposit and reserve for sender ${SENDER} is set to unlock soon`)
  })

  it('that carries nothing where nothing was paid', async () => {
    await expectRefused(sender.nothing(), 'Insufficient balance')
  })
})

describe('terms of a cheaper day', () => {
  it('do not hand their price down to another session, and keep their tickets', async () => {
    await payee.receive(await sender.pay(1))
    payee.prices.set(Rational.of(2n))
    const { price } = await sender.ask(payee, SESSION)
    expect(price).toEqual(Rational.of(3n, 2n))
    const payment = await sender.pay(1)
    await expect(payee.receive(payment, 'another')).rejects.toMatchObject({ code: 'LP_PRICE_INVALID' })
    expect(payee.balance(sender.signer, 'another')).toBe(undefined)
    await expect(payee.receive(payment)).resolves.toBeDefined()
  })

  it('do not become a session’s price when they are past', async () => {
    const cheap = sender.offered?.price
    using dear = new TestPayee({ autoAdjustPrice: true })
    dear.chain.gasPrice = 0n
    const old = new TestSender()
    await old.ask(dear)
    const stale = await old.pay(1)
    dear.chain.l1Block += 40n
    dear.chain.gasPrice = 7n
    await expect(dear.receive(stale)).rejects.toThrow(expect.objectContaining({ wireText: 'TicketParams expired' }))
    const now = (await old.ask(dear, SESSION)).price
    expect(cheap && now.isMoreThan(cheap)).toBe(true)
  })
})
