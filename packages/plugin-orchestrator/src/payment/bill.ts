import { addressText, type TranscodeData } from '@livepeer-node/protocol'
import type { IncomingPayment, PaidWork, Quote } from '@livepeer-node/sdk'
import { Refusal } from '../segment/admission.ts'
import type { Settlement } from './settlement.ts'

/** What a segment is done for. */
export interface Bill {
  /** Who pays, 20 bytes. */
  readonly sender: Uint8Array
  /** Terms that its answer can carry, should no newer ones be had then. */
  readonly quote: Quote | undefined
  readonly work: PaidWork
}

/** A payment, and who sent it. */
export interface SentPayment extends IncomingPayment {
  /** 20 bytes. */
  readonly sender: Uint8Array
}

/**
 * Takes the payment for a segment. Terms are made first: where that fails the payment is not touched, and its tickets are the
 * broadcaster's still. Refused with 500 and 400, as wire.md §6.4 has it.
 */
export async function openBill(settlement: Settlement, payment: SentPayment): Promise<Bill> {
  const { sender } = payment
  const quote = await quoteFor(settlement, payment)
  const work = await settlement.receive(payment).catch(refuse(400, payment))
  return { sender, quote, work: chargedOnce(work) }
}

/** The first debit counts. */
function chargedOnce(work: PaidWork): PaidWork {
  let isCharged = false
  return {
    headers: work.headers,
    debit: (pixels) => {
      if (isCharged) return
      isCharged = true
      work.debit(pixels)
    },
  }
}

/** Terms for who pays; refused with 500. */
export function quoteFor(settlement: Settlement, payment: SentPayment): Promise<Quote | undefined> {
  const { sender, sessionId } = payment
  return settlement.quote({ sender, sessionId }).catch(refuse(500, payment))
}

/** Takes a payment for later; refused with 400. */
export function takeCredit(settlement: Settlement, payment: SentPayment): Promise<void> {
  return settlement.credit(payment).catch(refuse(400, payment))
}

/** What was encoded, all renditions together. */
export function pixelsOf({ segments }: TranscodeData): bigint {
  return segments.reduce((sum, { pixels }) => sum + pixels, 0n)
}

function refuse(status: number, { sender, sessionId }: SentPayment): (reason: unknown) => never {
  return (reason) => {
    throw new Refusal(status, reason, { sender: addressText(sender), sessionId })
  }
}
