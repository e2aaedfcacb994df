import { create } from '@bufbuild/protobuf'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  deriveRecipientRand,
  expectedValue,
  issueTerms,
  MAX_WIN_PROB,
  NonceBook,
  type PaidTerms,
  type PriceInfo,
  PriceInfoSchema,
  Rational,
  type ReceiveContext,
  type ReceivedTicket,
  receiveTickets,
  recipientRandHash,
  type TicketPayment,
  TicketSeries,
  ticketSecret,
} from '../../src/index.ts'
import { HASH_FOO, RECIPIENT, ROUND_5, senderSigner } from './support.ts'

const SECRET = ticketSecret()
const price = Rational.of(3n, 2n)
const expectedPrice = create(PriceInfoSchema, { pricePerUnit: 6n, pixelsPerUnit: 4n })
const value = { ev: 5n, redeemGas: 10_000n, gasPrice: 100n, maxFloat: 10n ** 10n, maxFaceValue: 0n }
const offered: PaidTerms = {
  ...issueTerms({
    recipient: RECIPIENT,
    sender: senderSigner.address,
    price,
    value,
    l1Block: 100n,
    round: ROUND_5,
    secret: SECRET,
    seed: 99n,
  }),
  round: ROUND_5,
}

let context: ReceiveContext

beforeEach(() => {
  context = {
    secret: SECRET,
    recipient: RECIPIENT,
    chain: { l1Block: 100n, round: 5n },
    funds: { withdrawRound: 0n },
    nonces: new NonceBook(),
  }
})

/** Terms on which every ticket wins. */
function sureTerms(): PaidTerms {
  const sure = { ...offered, winProb: MAX_WIN_PROB }
  const rand = deriveRecipientRand(SECRET, { ...sure, sender: senderSigner.address, price })
  return { ...sure, recipientRandHash: recipientRandHash(rand) }
}

async function pay(count: number, terms: PaidTerms = offered): Promise<TicketPayment> {
  const made = await new TicketSeries({ signer: senderSigner, terms, round: terms.round }).create(count)
  const tickets = made.map(({ ticket, signature }) => ({ senderNonce: ticket.senderNonce, signature }))
  return { sender: senderSigner.address, expectedPrice, purchase: { terms, tickets } }
}

function receive(payment: TicketPayment, changes: Partial<ReceiveContext> = {}): ReceivedTicket[] {
  return [...receiveTickets(payment, { ...context, ...changes })]
}

function codes(tickets: readonly ReceivedTicket[]): (string | undefined)[] {
  return tickets.map(({ error }) => error?.code)
}

function credit(tickets: readonly ReceivedTicket[]): Rational {
  return tickets.reduce((sum, ticket) => sum.plus(ticket.credit), Rational.ZERO)
}

describe('a payment', () => {
  it('earns its tickets’ expected value, exactly', async () => {
    const tickets = receive(await pay(3))
    expect(codes(tickets)).toEqual([undefined, undefined, undefined])
    expect(credit(tickets)).toEqual(expectedValue(offered).times(3n))
  })

  it('without tickets earns nothing and is not looked at', () => {
    expect(receive({ sender: senderSigner.address })).toEqual([])
  })

  it('yields its winners, with the secret number that redeems them', async () => {
    const terms = sureTerms()
    const [first, second] = receive(await pay(2, terms))
    const recipientRand = deriveRecipientRand(SECRET, { ...terms, sender: senderSigner.address, price })
    expect(first?.win).toMatchObject({ recipientRand, expirationBlock: 140n, ticket: { senderNonce: 1 } })
    expect(second?.win?.signature).toEqual(second?.signature)
    expect(receive(await pay(1)).every(({ win }) => win === undefined)).toBe(true)
  })

  it('is worth nothing from its first bad ticket on, but later winners count', async () => {
    const payment = await pay(4, sureTerms())
    const forged = withTicket(payment, 1, { signature: new Uint8Array(65) })
    const tickets = receive(forged)
    expect(codes(tickets)).toEqual([undefined, 'LP_TICKET_SIGNATURE', undefined, undefined])
    expect(tickets.map((ticket) => ticket.credit.sign)).toEqual([1, 0, 0, 0])
    expect(tickets.map(({ win }) => win !== undefined)).toEqual([true, false, true, true])
  })

  it('counts each ticket once; a winner that comes again is named again', async () => {
    const payment = await pay(2, sureTerms())
    receive(payment)
    const [again] = receive(payment)
    expect(again).toMatchObject({
      credit: Rational.ZERO,
      win: { ticket: { senderNonce: 1 } },
      error: {
        code: 'LP_TICKET_NONCE',
        wireText: 'invalid ticket senderNonce: already seen sender=0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC nonce=1',
      },
    })
  })

  it('of past terms earns nothing, and its nonces are used up', async () => {
    const late = { chain: { l1Block: 140n, round: 5n } }
    const payment = await pay(1, sureTerms())
    const [ticket] = receive(payment, late)
    expect(ticket).toMatchObject({ win: {}, error: { code: 'LP_TICKET_EXPIRED', wireText: 'TicketParams expired' } })
    expect(codes(receive(payment, late))).toEqual(['LP_TICKET_NONCE'])
    expect(codes(receive(await pay(1), { chain: { l1Block: 139n, round: 5n } }))).toEqual([undefined])
  })
})

describe('a payment is refused as a whole', () => {
  const other = new Uint8Array(20).fill(7)
  const rand = ['LP_TICKET_RAND', 'invalid recipientRand for ticket recipientRandHash'] as const
  it.each<[string, (payment: TicketPayment) => TicketPayment, readonly [string, string]]>([
    ['pays another', (p) => withTerms(p, { recipient: other }), ['LP_TICKET_RECIPIENT', 'invalid ticket recipient']],
    [
      'comes from the zero address',
      (p) => ({ ...p, sender: new Uint8Array(20) }),
      ['LP_TICKET_SENDER', 'invalid ticket sender'],
    ],
    ['comes from another sender', (p) => ({ ...p, sender: other }), rand],
    ['has another face value', (p) => withTerms(p, { faceValue: 99_999_999n }), rand],
    ['has another probability', (p) => withTerms(p, { winProb: offered.winProb - 1n }), rand],
    ['expires later', (p) => withTerms(p, { expirationBlock: 141n }), rand],
    ['has another seed', (p) => withTerms(p, { seed: 98n }), rand],
    ['has another secret', (p) => withTerms(p, { recipientRandHash: HASH_FOO }), rand],
    ['names another round', (p) => withTerms(p, { round: { ...ROUND_5, creationRound: 6n } }), rand],
    ['names another block', (p) => withTerms(p, { round: { ...ROUND_5, creationRoundBlockHash: HASH_FOO } }), rand],
    ['has another price', (p) => ({ ...p, expectedPrice: priced(1n) }), rand],
    [
      'has a negative price',
      (p) => ({ ...p, expectedPrice: priced(-3n, 2n) }),
      ['LP_PRICE_INVALID', 'invalid expected price sent with payment err="price is negative"'],
    ],
    [
      'has no pixels',
      (p) => ({ ...p, expectedPrice: priced(3n, 0n) }),
      ['LP_PRICE_INVALID', 'invalid expected price sent with payment err="pixels per unit is 0"'],
    ],
    [
      'has no price',
      ({ sender, purchase }) => ({ sender, ...(purchase && { purchase }) }),
      ['LP_PRICE_INVALID', 'invalid expected price sent with payment err="expected price is nil"'],
    ],
  ])('that %s', async (_, change, [code, wireText]) => {
    const payment = change(await pay(1))
    expect(() => receive(payment)).toThrow(expect.objectContaining({ code, wireText }))
    expect(context.nonces.size).toBe(0)
  })

  it.each([1n, 6n])('whose sender’s funds leave in round %s', async (withdrawRound) => {
    const payment = await pay(1)
    expect(() => receive(payment, { funds: { withdrawRound } })).toThrow(
      expect.objectContaining({
        code: 'LP_SENDER_UNLOCKING',
        wireText: 'deposit and reserve for sender 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC is set to unlock soon',
      }),
    )
    expect(codes(receive(payment, { funds: { withdrawRound: 7n } }))).toEqual([undefined])
  })

  it('after the orchestrator’s restart', async () => {
    const payment = await pay(1)
    expect(() => receive(payment, { secret: ticketSecret() })).toThrow(
      expect.objectContaining({ code: 'LP_TICKET_RAND' }),
    )
  })
})

describe('nonces', () => {
  const use = { recipientRand: 5n, expirationBlock: 41n, sender: senderSigner.address }

  it('of one set of terms are 600, in any order', () => {
    const book = new NonceBook()
    for (let nonce = 599; nonce >= 0; nonce -= 1) book.note({ ...use, nonce })
    const seen = expect.objectContaining({ wireText: expect.stringMatching(/: already seen sender=0x3C44.* nonce=0$/) })
    const tooMany = expect.objectContaining({ wireText: expect.stringMatching(/: too many values .* nonce=600$/) })
    expect(() => book.note({ ...use, nonce: 0 })).toThrow(seen)
    expect(() => book.note({ ...use, nonce: 600 })).toThrow(tooMany)
    expect(() => book.note({ ...use, nonce: 600 })).toThrow(tooMany)
    expect(() => book.note({ ...use, recipientRand: 6n, nonce: 600 })).not.toThrow()
  })

  it('are forgotten when their terms are past', () => {
    const book = new NonceBook()
    book.note({ ...use, nonce: 1 })
    book.note({ ...use, recipientRand: 6n, expirationBlock: 42n, nonce: 1 })
    book.forgetExpired(40n)
    expect(book.size).toBe(2)
    book.forgetExpired(41n)
    expect(book.size).toBe(1)
    expect(() => book.note({ ...use, nonce: 1 })).not.toThrow()
  })
})

function withTicket(payment: TicketPayment, index: number, change: { signature: Uint8Array }): TicketPayment {
  const { purchase } = payment
  if (!purchase) return payment
  const tickets = purchase.tickets.map((ticket, i) => (i === index ? { ...ticket, ...change } : ticket))
  return { ...payment, purchase: { ...purchase, tickets } }
}

function withTerms(payment: TicketPayment, terms: Partial<PaidTerms>): TicketPayment {
  return { ...payment, purchase: { tickets: payment.purchase?.tickets ?? [], terms: { ...offered, ...terms } } }
}

function priced(pricePerUnit: bigint, pixelsPerUnit = 1n): PriceInfo {
  return create(PriceInfoSchema, { pricePerUnit, pixelsPerUnit })
}
