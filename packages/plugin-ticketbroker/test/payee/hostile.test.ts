import type { LotteryTicket, TicketPayment } from '@livepeer-node/protocol'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Intruder, type Purchase } from '../support/intruder.ts'
import { signerOf } from '../support/tickets.ts'

type Step = (intruder: Intruder) => void | Promise<void>

const forgery = fc.constantFrom<(payment: TicketPayment, purchase: Purchase) => TicketPayment>(
  (payment, purchase) => ({ ...payment, purchase: { ...purchase, tickets: purchase.tickets.map(flipped) } }),
  (payment, purchase) => ({ ...payment, purchase: { ...purchase, tickets: purchase.tickets.map(renumbered) } }),
  (payment, purchase) => ({
    ...payment,
    purchase: { ...purchase, tickets: [...purchase.tickets, ...purchase.tickets] },
  }),
  (payment, purchase) => withTerms(payment, purchase, { faceValue: purchase.terms.faceValue * 2n }),
  (payment, purchase) => withTerms(payment, purchase, { winProb: purchase.terms.winProb * 2n }),
  (payment, purchase) => withTerms(payment, purchase, { seed: purchase.terms.seed + 1n }),
  (payment, purchase) => withTerms(payment, purchase, { expirationBlock: purchase.terms.expirationBlock + 1000n }),
  (payment, purchase) => withTerms(payment, purchase, { recipient: signerOf(5).address }),
  (payment) => ({ ...payment, sender: signerOf(3).address }),
  ({ sender, expectedPrice }) => ({ sender, ...(expectedPrice && { expectedPrice }) }),
  ({ sender, purchase }) => ({ sender, ...(purchase && { purchase }) }),
)

const small = fc.nat(7)
const step = fc.oneof<fc.Arbitrary<Step>[]>(
  small.map((session) => (intruder) => intruder.ask(session)),
  fc.tuple(fc.integer({ min: 1, max: 5 }), small).map(
    ([tickets, session]) =>
      (intruder) =>
        intruder.pay(tickets, session),
  ),
  fc.tuple(fc.integer({ min: 1, max: 5 }), small).map(
    ([tickets, session]) =>
      (intruder) =>
        intruder.pay(tickets, session),
  ),
  fc.tuple(small, small).map(
    ([which, session]) =>
      (intruder) =>
        intruder.again(which, session),
  ),
  fc.tuple(small, forgery).map(
    ([which, change]) =>
      (intruder) =>
        intruder.forge(which, change),
  ),
  fc.tuple(small, fc.nat(5000)).map(
    ([which, pixels]) =>
      (intruder) =>
        intruder.charge(which, pixels),
  ),
  fc.nat(60).map((blocks) => (intruder) => void (intruder.payee.chain.l1Block += BigInt(blocks))),
  fc.constant<Step>((intruder) => intruder.payee.restart()),
)

it('whatever a broadcaster tries, it gets credit for tickets that it signed, once each, and nobody else’s winner is kept', async () => {
  let winners = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const intruder = new Intruder()
      using _ = intruder.payee
      for (const act of steps) {
        await act(intruder)
        expect(intruder.faults()).toEqual([])
      }
      winners += intruder.payee.winners.unsettled().length
    }),
    { numRuns: 60 },
  )
  expect(winners).toBeGreaterThan(0)
}, 120_000)

function flipped<T extends Purchase['tickets'][number]>(ticket: T): T {
  return { ...ticket, signature: ticket.signature.map((byte, i) => (i === 3 ? byte ^ 1 : byte)) }
}

function renumbered<T extends Pick<LotteryTicket, 'senderNonce'>>(ticket: T): T {
  return { ...ticket, senderNonce: ticket.senderNonce + 100 }
}

function withTerms(payment: TicketPayment, purchase: Purchase, changes: Partial<Purchase['terms']>): TicketPayment {
  return { ...payment, purchase: { ...purchase, terms: { ...purchase.terms, ...changes } } }
}
