import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  decodeTicketPayment,
  encodePaymentHeader,
  encodeTicketPayment,
  expectedValue,
  OrchestratorInfoSchema,
  type Payment,
  PaymentSchema,
  PriceInfoSchema,
  readPayment,
  readPrice,
  readTerms,
  readWinningTicket,
  sameBytes,
  TicketExpirationParamsSchema,
  TicketParamsSchema,
  type TicketPayment,
  TicketSchema,
  ticketsOf,
  TranscodeResultSchema,
  verifyTicketSignature,
  type WinningTicket,
  writePayment,
  writePrice,
  writeTerms,
  writeWinningTicket,
} from '../../src/index.ts'
import { recordedMessages } from '../support/recorded.ts'
import { HASH_FOO, RECIPIENT, ROUND_5, senderSigner, ticketOf } from './support.ts'

const recorded = recordedMessages('onchain')

function all<D extends DescMessage>(schema: D): { where: string; bytes: Uint8Array; message: MessageShape<D> }[] {
  return recorded
    .filter(({ type }) => type === schema.name)
    .map(({ where, bytes }) => ({ where, bytes, message: fromBinary(schema, bytes) }))
}

const payments = all(PaymentSchema)
const infos = [
  ...all(OrchestratorInfoSchema).map(({ where, message }) => ({ where, info: message })),
  ...all(TranscodeResultSchema).flatMap(({ where, message }) => (message.info ? [{ where, info: message.info }] : [])),
]

const offers = infos.flatMap(({ where, info: { ticketParams } }) =>
  ticketParams
    ? [{ where, params: ticketParams, ev: / n [1-3]?\d /.test(where) ? '1000000000000' : '10000000000000000' }]
    : [],
)
const prices = infos.flatMap(({ where, info: { priceInfo } }) => (priceInfo ? [{ where, price: priceInfo }] : []))

test('the recordings hold what is asked of them', () => {
  const ticketCount = payments.flatMap(({ message }) => ticketsOf(readPayment(message))).length
  expect([payments.length, offers.length, prices.length, ticketCount]).toEqual([8, 13, 13, 7])
})

describe('recorded from go-livepeer', () => {
  it.each(payments)('the payment of $where is read and written byte for byte', ({ bytes, message }) => {
    const payment = readPayment(message)
    expect(toBinary(PaymentSchema, writePayment(payment))).toEqual(bytes)
    expect(decodeTicketPayment(Buffer.from(bytes).toString('base64'))).toEqual(payment)
    expect(encodeTicketPayment(payment)).toBe(Buffer.from(bytes).toString('base64'))
    expect(sameBytes(payment.sender, senderSigner.address)).toBe(true)
    for (const signed of ticketsOf(payment)) expect(() => verifyTicketSignature(signed)).not.toThrow()
  })

  it.each(offers)('the terms of $where are read and written byte for byte', ({ params, ev }) => {
    const terms = readTerms(params)
    expect(toBinary(TicketParamsSchema, writeTerms(terms))).toEqual(toBinary(TicketParamsSchema, params))
    expect(terms.recipient).toEqual(RECIPIENT)
    expect(expectedValue(terms).toFixed(0)).toBe(ev)
  })

  it.each(prices)('the price of $where is read and written as it was', ({ price }) => {
    expect(writePrice(readPrice(price))).toEqual(price)
  })

  it('each payment with tickets repeats terms that were offered, without their round', () => {
    const offered = offers.map(({ params }) => readTerms(params))
    const bought = payments.flatMap(({ message }) => readPayment(message).purchase ?? [])
    expect(bought.length).toBeGreaterThan(0)
    for (const { terms } of bought) expect(offered).toContainEqual(terms)
    for (const { message } of payments) expect(message.ticketParams?.expirationParams).toBeUndefined()
  })
})

const terms = {
  recipient: RECIPIENT,
  faceValue: 10n ** 18n,
  winProb: 2n ** 200n,
  recipientRandHash: HASH_FOO,
  seed: 0n,
  expirationBlock: 140n,
  round: ROUND_5,
}
const payment: TicketPayment = {
  sender: senderSigner.address,
  expectedPrice: create(PriceInfoSchema, { pricePerUnit: 6n, pixelsPerUnit: 4n, capability: 7, constraint: 'a' }),
  purchase: { terms, tickets: [{ senderNonce: 1, signature: new Uint8Array(65).fill(27) }] },
}

describe('a payment', () => {
  it('without tickets has sender and price, and off chain is empty', () => {
    const { sender, expectedPrice } = payment
    const bare = writePayment({ sender, ...(expectedPrice && { expectedPrice }) })
    expect(readPayment(bare)).toEqual({ sender, expectedPrice })
    expect(decodeTicketPayment('')).toEqual({ sender: new Uint8Array(20) })
    expect(decodeTicketPayment(undefined)).toEqual({ sender: new Uint8Array(20) })
  })

  it('comes back as it was, price unreduced', () => {
    expect(decodeTicketPayment(encodeTicketPayment(payment))).toEqual(payment)
    const number = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const address = fc.uint8Array({ minLength: 20, maxLength: 20 })
    const ticket = fc.record({
      senderNonce: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      signature: fc.uint8Array({ minLength: 65, maxLength: 65 }),
    })
    const anyTerms = fc.record({
      recipient: address,
      faceValue: number,
      winProb: number,
      recipientRandHash: hash,
      seed: number,
      expirationBlock: number,
      round: fc.record({ creationRound: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), creationRoundBlockHash: hash }),
    })
    fc.assert(
      fc.property(address, anyTerms, fc.array(ticket, { maxLength: 5 }), (sender, someTerms, tickets) => {
        const made = { sender, purchase: { terms: someTerms, tickets } }
        expect(decodeTicketPayment(encodeTicketPayment(made))).toEqual(made)
      }),
    )
  })

  it('may have leading zeros in its numbers, and no block hash', () => {
    const header = changed((message) => {
      if (message.ticketParams) message.ticketParams.faceValue = Uint8Array.of(0, 0, ...new Uint8Array(40), 5)
      message.expirationParams = create(TicketExpirationParamsSchema, { creationRound: 5n })
    })
    const { purchase } = decodeTicketPayment(header)
    expect(purchase?.terms.faceValue).toBe(5n)
    expect(purchase?.terms.round).toEqual({ creationRound: 5n, creationRoundBlockHash: new Uint8Array(32) })
  })

  it.each<[string, string, string, (message: Payment) => void]>([
    [
      'has no sender',
      'LP_PAYMENT_SENDER',
      'Could not find Sender for payment',
      (m) => void (m.sender = new Uint8Array()),
    ],
    ['has a short sender', 'LP_PAYMENT_INVALID', 'invalid ticket sender', (m) => void (m.sender = new Uint8Array(19))],
    [
      'has a long recipient',
      'LP_PAYMENT_INVALID',
      'invalid ticket recipient',
      (m) => void (m.ticketParams && (m.ticketParams.recipient = new Uint8Array(21))),
    ],
    [
      'has a short hash',
      'LP_PAYMENT_INVALID',
      'invalid recipientRand for ticket recipientRandHash',
      (m) => void (m.ticketParams && (m.ticketParams.recipientRandHash = new Uint8Array(31))),
    ],
    [
      'has a number of 257 bits',
      'LP_PAYMENT_INVALID',
      'invalid recipientRand for ticket recipientRandHash',
      (m) => void (m.ticketParams && (m.ticketParams.winProb = Uint8Array.of(1, ...new Uint8Array(32)))),
    ],
    [
      'has a negative round',
      'LP_PAYMENT_INVALID',
      'invalid recipientRand for ticket recipientRandHash',
      (m) => void (m.expirationParams && (m.expirationParams.creationRound = -1n)),
    ],
    [
      'has terms without a round',
      'LP_PAYMENT_INVALID',
      'invalid recipientRand for ticket recipientRandHash',
      (m) => void (m.expirationParams = undefined),
    ],
    [
      'has tickets without terms',
      'LP_PAYMENT_INVALID',
      'invalid recipientRand for ticket recipientRandHash',
      (m) => void (m.ticketParams = undefined),
    ],
  ])('that %s is refused', (_, code, wireText, change) => {
    expect(() => decodeTicketPayment(changed(change))).toThrow(expect.objectContaining({ code, wireText }))
  })

  it('of garbage is answered as go-livepeer does', () => {
    expect(() => decodeTicketPayment('foo')).toThrow(expect.objectContaining({ code: 'LP_HEADER_BASE64' }))
    expect(() => decodeTicketPayment('/////w==')).toThrow(expect.objectContaining({ code: 'LP_HEADER_UNDECODABLE' }))
  })
})

describe('a winner on its way to a redeemer', () => {
  const { seed: _, expirationBlock, ...rest } = terms
  const win: WinningTicket = {
    ticket: ticketOf({ ...rest, sender: senderSigner.address, senderNonce: 4_294_967_295 }),
    signature: new Uint8Array(65).fill(1),
    recipientRand: 2n ** 250n,
    expirationBlock,
  }

  it('comes back as it was', () => {
    const bytes = toBinary(TicketSchema, writeWinningTicket(win))
    expect(readWinningTicket(fromBinary(TicketSchema, bytes))).toEqual(win)
  })

  it('keeps its seed at home', () => {
    const { ticketParams } = writeWinningTicket(win)
    expect(ticketParams?.seed).toEqual(new Uint8Array())
    expect(ticketParams?.expirationParams).toBeUndefined()
  })

  it.each(['ticketParams', 'expirationParams', 'senderParams'] as const)('without %s is refused', (part) => {
    const message = writeWinningTicket(win)
    message[part] = undefined
    expect(() => readWinningTicket(message)).toThrow(expect.objectContaining({ code: 'LP_PAYMENT_INVALID' }))
  })

  it('needs a whole signature', () => {
    const message = writeWinningTicket({ ...win, signature: new Uint8Array(64) })
    expect(() => readWinningTicket(message)).toThrow(
      expect.objectContaining({ code: 'LP_PAYMENT_INVALID', wireText: 'invalid ticket signature' }),
    )
  })
})

function changed(change: (message: Payment) => void): string {
  const message = writePayment(payment)
  change(message)
  return encodePaymentHeader(message)
}
