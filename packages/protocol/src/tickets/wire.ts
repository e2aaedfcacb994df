import { create } from '@bufbuild/protobuf'
import { ADDRESS_BYTES, fromBytesBE, HASH_BYTES, toBytesBE } from '../bytes.ts'
import {
  type Payment,
  PaymentSchema,
  type PriceInfo,
  type TicketExpirationParams,
  TicketExpirationParamsSchema,
  type TicketParams,
  TicketParamsSchema,
  TicketSenderParamsSchema,
} from '../gen/net/lp_rpc_pb.ts'
import { type Ticket, TicketSchema } from '../gen/net/redeemer_pb.ts'
import { decodePaymentHeader, encodePaymentHeader } from '../payment.ts'
import { SIGNATURE_BYTES } from '../signer.ts'
import { paymentIncomplete, paymentInvalid, type PaymentField, senderMissing } from './errors.ts'
import type { LotteryTicket, TicketRound, TicketTerms, WinningTicket } from './types.ts'

/** Terms with the round that the tickets name. */
export type PaidTerms = TicketTerms & { readonly round: TicketRound }

/** What comes with a segment (payments.md A4): the price as understood, and tickets where credit does not suffice. */
export interface TicketPayment {
  /** 20 bytes. */
  readonly sender: Uint8Array
  /** As the orchestrator stated it, not reduced; read it with `readPrice`. */
  readonly expectedPrice?: PriceInfo
  readonly purchase?: {
    readonly terms: PaidTerms
    readonly tickets: readonly { readonly senderNonce: number; readonly signature: Uint8Array }[]
  }
}

/** Terms for `OrchestratorInfo`. */
export function writeTerms(terms: TicketTerms): TicketParams {
  const { recipient, recipientRandHash, round } = terms
  return create(TicketParamsSchema, {
    recipient,
    recipientRandHash,
    faceValue: toBytesBE(terms.faceValue),
    winProb: toBytesBE(terms.winProb),
    seed: toBytesBE(terms.seed),
    expirationBlock: toBytesBE(terms.expirationBlock),
    ...(round && { expirationParams: writeRound(round) }),
  })
}

/** Terms out of `OrchestratorInfo`. @throws `LP_PAYMENT_INVALID` where a length is wrong; the reference cuts and fills. */
export function readTerms(params: TicketParams): TicketTerms {
  const { expirationParams } = params
  return {
    recipient: exactly('recipient', params.recipient, ADDRESS_BYTES),
    faceValue: uint256('faceValue', params.faceValue),
    winProb: uint256('winProb', params.winProb),
    recipientRandHash: exactly('recipientRandHash', params.recipientRandHash, HASH_BYTES),
    seed: uint256('seed', params.seed),
    expirationBlock: uint256('expirationBlock', params.expirationBlock),
    ...(expirationParams && { round: readRound(expirationParams) }),
  }
}

/** A payment as message: terms go back without their round, which has a field of its own beside them. */
export function writePayment({ sender, expectedPrice, purchase }: TicketPayment): Payment {
  if (!purchase) return create(PaymentSchema, { sender, ...(expectedPrice && { expectedPrice }) })
  const { round, ...terms } = purchase.terms
  return create(PaymentSchema, {
    sender,
    ticketParams: writeTerms(terms),
    expirationParams: writeRound(round),
    ticketSenderParams: purchase.tickets.map(({ senderNonce, signature }) =>
      create(TicketSenderParamsSchema, { senderNonce, sig: signature }),
    ),
    ...(expectedPrice && { expectedPrice }),
  })
}

/**
 * A payment out of its message. Without sender, price and tickets (off chain) it is from the zero address.
 * @throws `LP_PAYMENT_SENDER`: tickets of nobody; `LP_PAYMENT_INVALID`: a length is wrong, or there are tickets without terms
 * or terms without a round, at which the reference's orchestrator breaks off
 */
export function readPayment(payment: Payment): TicketPayment {
  const { ticketParams, expirationParams, ticketSenderParams, expectedPrice } = payment
  const hasSender = payment.sender.length > 0
  if (ticketParams && !hasSender) throw senderMissing()
  const sender = hasSender ? exactly('sender', payment.sender, ADDRESS_BYTES) : new Uint8Array(ADDRESS_BYTES)
  const price = expectedPrice && { expectedPrice }
  if (!ticketParams) {
    if (ticketSenderParams.length > 0) throw paymentIncomplete('ticketParams')
    return { sender, ...price }
  }
  if (!expirationParams) throw paymentIncomplete('expirationParams')
  const terms = { ...readTerms(ticketParams), round: readRound(expirationParams) }
  const tickets = ticketSenderParams.map(({ senderNonce, sig }) => ({ senderNonce, signature: sig }))
  return { sender, ...price, purchase: { terms, tickets } }
}

/** A payment as the value of the `Livepeer-Payment` header. */
export function encodeTicketPayment(payment: TicketPayment): string {
  return encodePaymentHeader(writePayment(payment))
}

/** A payment from the `Livepeer-Payment` header. @throws as `decodePaymentHeader` (answer 402) and `readPayment` (answer 400). */
export function decodeTicketPayment(header: string | undefined): TicketPayment {
  return readPayment(decodePaymentHeader(header))
}

/** The tickets of a payment, whole. */
export function ticketsOf({ sender, purchase }: TicketPayment): { ticket: LotteryTicket; signature: Uint8Array }[] {
  if (!purchase) return []
  const { recipient, faceValue, winProb, recipientRandHash, round } = purchase.terms
  return purchase.tickets.map(({ senderNonce, signature }) => ({
    ticket: { recipient, sender, faceValue, winProb, senderNonce, recipientRandHash, round },
    signature,
  }))
}

/** A winner for a redeemer in another process (payments.md B6). The seed stays at home. */
export function writeWinningTicket({ ticket, signature, recipientRand, expirationBlock }: WinningTicket): Ticket {
  const { recipient, faceValue, winProb, recipientRandHash, sender, senderNonce, round } = ticket
  const terms = { recipient, faceValue, winProb, recipientRandHash, expirationBlock, seed: 0n }
  return create(TicketSchema, {
    ticketParams: writeTerms(terms),
    sender,
    expirationParams: writeRound(round),
    senderParams: create(TicketSenderParamsSchema, { senderNonce, sig: signature }),
    recipientRand: toBytesBE(recipientRand),
  })
}

/** A winner as a redeemer gets it. @throws `LP_PAYMENT_INVALID`: a part is missing or its length is wrong. */
export function readWinningTicket(message: Ticket): WinningTicket {
  const { ticketParams, expirationParams, senderParams } = message
  if (!ticketParams) throw paymentIncomplete('ticketParams')
  if (!expirationParams) throw paymentIncomplete('expirationParams')
  if (!senderParams) throw paymentIncomplete('senderParams')
  const { recipient, faceValue, winProb, recipientRandHash, expirationBlock } = readTerms(ticketParams)
  const sender = exactly('sender', message.sender, ADDRESS_BYTES)
  const round = readRound(expirationParams)
  return {
    ticket: { recipient, sender, faceValue, winProb, senderNonce: senderParams.senderNonce, recipientRandHash, round },
    signature: exactly('signature', senderParams.sig, SIGNATURE_BYTES),
    recipientRand: uint256('recipientRand', message.recipientRand),
    expirationBlock,
  }
}

function writeRound({ creationRound, creationRoundBlockHash }: TicketRound): TicketExpirationParams {
  return create(TicketExpirationParamsSchema, { creationRound, creationRoundBlockHash })
}

/** Peers leave the hash out where they have none. */
function readRound({ creationRound, creationRoundBlockHash: hash }: TicketExpirationParams): TicketRound {
  if (creationRound < 0n) throw paymentInvalid('creationRound', `${creationRound}`, 'a round of 0 or later')
  const present = hash.length === 0 ? new Uint8Array(HASH_BYTES) : exactly('creationRoundBlockHash', hash, HASH_BYTES)
  return { creationRound, creationRoundBlockHash: present }
}

function exactly(field: PaymentField, bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw paymentInvalid(field, `${bytes.length} bytes`, `${length} bytes`)
  return bytes
}

/** Leading zeros are allowed; a number of more than 256 bits would lose bits in every hash. */
function uint256(field: PaymentField, bytes: Uint8Array): bigint {
  const start = bytes.findIndex((byte) => byte !== 0)
  if (start < 0) return 0n
  if (bytes.length - start > HASH_BYTES)
    throw paymentInvalid(field, `${bytes.length - start} bytes`, `${HASH_BYTES} bytes`)
  return fromBytesBE(bytes.subarray(start))
}
