import { LivepeerError, type LivepeerErrorInit } from '@livepeer-node/sdk'
import type { Rational } from './rational.ts'

const OTHER_ORCHESTRATOR = 'Use another orchestrator, or raise the limit if the price is right.'
const OTHER_SENDER = 'Let the sender use the terms exactly as they were offered, and its own key.'

/** A part of a payment that can be malformed. */
export type PaymentField =
  | 'recipient'
  | 'sender'
  | 'faceValue'
  | 'winProb'
  | 'recipientRandHash'
  | 'recipientRand'
  | 'seed'
  | 'expirationBlock'
  | 'creationRound'
  | 'creationRoundBlockHash'
  | 'signature'
  | 'ticketParams'
  | 'expirationParams'
  | 'senderParams'

/** What a peer of go-livepeer would say of such a field, had it looked at its length. */
const FIELD_TEXTS: Partial<Record<PaymentField, string>> = {
  recipient: 'invalid ticket recipient',
  sender: 'invalid ticket sender',
  signature: 'invalid ticket signature',
}
const RAND_TEXT = 'invalid recipientRand for ticket recipientRandHash'

/** A field of a payment or of terms has a length or a value that no ticket has. */
export function paymentInvalid(field: PaymentField, observed: string, limit: string): LivepeerError {
  const wireText = FIELD_TEXTS[field] ?? RAND_TEXT
  return peerError('LP_PAYMENT_INVALID', wireText, {
    message: `The ${field} of a payment has ${observed}; it must have ${limit}.`,
    remedy: 'Look at what sent it: it must speak the protocol of go-livepeer 0.9.1.',
    observed,
    limit,
  })
}

/** A payment lacks what its other parts need. */
export function paymentIncomplete(field: PaymentField): LivepeerError {
  return peerError('LP_PAYMENT_INVALID', RAND_TEXT, {
    message: `A payment with tickets has no ${field}.`,
    remedy: 'Look at what sent it: it must speak the protocol of go-livepeer 0.9.1.',
    observed: `no ${field}`,
  })
}

/** Tickets of nobody. */
export function senderMissing(): LivepeerError {
  return peerError('LP_PAYMENT_SENDER', 'Could not find Sender for payment', {
    message: 'A payment has tickets, but does not say whose.',
    remedy: 'Let the sender name its address.',
  })
}

/** The tickets pay somebody else. */
export function recipientMismatch(observed: string, limit: string): LivepeerError {
  return peerError('LP_TICKET_RECIPIENT', 'invalid ticket recipient', {
    message: `The tickets pay ${observed}, not ${limit}.`,
    remedy: 'Let the sender ask for new terms; look whether another orchestrator has this service address.',
    observed,
    limit,
  })
}

/** Nobody has the zero address. */
export function senderIsZero(): LivepeerError {
  return peerError('LP_TICKET_SENDER', 'invalid ticket sender', {
    message: 'The tickets come from the zero address.',
    remedy: 'Let the sender use its own address.',
  })
}

/** The terms that came back are not those that were offered, or were offered before a restart. */
export function recipientRandMismatch(sender: string): LivepeerError {
  return peerError('LP_TICKET_RAND', RAND_TEXT, {
    message: `The terms that ${sender} sent back are not ours, or from before a restart: price, value, round or expiry differ.`,
    remedy: OTHER_SENDER,
    observed: sender,
  })
}

/** The ticket is not signed by its sender. */
export function ticketSignatureInvalid(why: string, observed: string, cause?: unknown): LivepeerError {
  return peerError('LP_TICKET_SIGNATURE', 'invalid ticket signature', {
    message: `A ticket is not signed by its sender: ${why}.`,
    remedy: OTHER_SENDER,
    observed,
    ...(cause !== undefined && { cause }),
  })
}

/** A ticket's nonce was there before, or the terms have had all their tickets. */
export function nonceRefused(why: 'already seen' | 'too many values', sender: string, nonce: number): LivepeerError {
  return peerError('LP_TICKET_NONCE', `invalid ticket senderNonce: ${why} sender=${sender} nonce=${nonce}`, {
    message: `A ticket of ${sender} is refused: nonce ${nonce}, ${why}.`,
    remedy: 'Let the sender take a new nonce for each ticket, 600 on the same terms at most.',
    observed: nonce,
  })
}

/** The terms' time is over. */
export function termsExpired(expirationBlock: bigint, l1Block: bigint): LivepeerError {
  return peerError('LP_TICKET_EXPIRED', 'TicketParams expired', {
    message: `The terms of the tickets end at L1 block ${expirationBlock}; the chain is at ${l1Block}.`,
    remedy: 'Ask the orchestrator for new ones. Compare the L1 blocks of both nodes when it happens again and again.',
    observed: `${l1Block}`,
    limit: `${expirationBlock}`,
  })
}

/** An orchestrator's terms cannot be used at all. */
export function termsUnusable(why: string, observed: unknown): LivepeerError {
  return peerError('LP_TERMS_INVALID', why, {
    message: `The orchestrator’s terms for tickets cannot be used: ${why}.`,
    remedy: 'Use another orchestrator; this one is not on the chain, or has not seen a block yet.',
    observed,
  })
}

/** Tickets that win always, or nearly: no lottery. */
export function faceValueTooLow(faceValue: bigint): LivepeerError {
  return peerError('LP_TICKET_FACE_VALUE', `ticket faceValue too low faceValue=${faceValue}`, {
    message: `A ticket of ${faceValue} wei is worth no more than its expected value: it would win every time.`,
    remedy: 'Put more into the reserve, or use another orchestrator.',
    observed: `${faceValue}`,
  })
}

/** One win would take too much of the deposit. */
export function faceValueTooHigh(faceValue: bigint, limit: bigint): LivepeerError {
  return peerError('LP_TICKET_FACE_VALUE', `ticket faceValue ${faceValue} > max faceValue ${limit}`, {
    message: `One winning ticket would cost ${faceValue} wei; the deposit allows ${limit} wei.`,
    remedy: 'Put more into the deposit, or lower depositMultiplier.',
    observed: `${faceValue}`,
    limit: `${limit}`,
  })
}

/** One ticket is worth too much. */
export function ticketEvTooHigh(ev: Rational, limit: Rational): LivepeerError {
  return peerError('LP_TICKET_EV', `ticket EV ${ev.toFixed(5)} > max ticket EV ${limit.toFixed(5)}`, {
    message: `A ticket is worth ${ev.toFixed(0)} wei on average; the limit (maxTicketEV) is ${limit.toFixed(0)} wei.`,
    remedy: OTHER_ORCHESTRATOR,
    observed: ev.toFixed(5),
    limit: limit.toFixed(5),
  })
}

/** One payment is worth too much. */
export function totalEvTooHigh(purchase: { total: Rational; tickets: bigint; limit: Rational }): LivepeerError {
  const { total, tickets, limit } = purchase
  const text = `total ticket EV ${total.toFixed(5)} for ${tickets} tickets > max total ticket EV ${limit.toFixed(5)}`
  return peerError('LP_TICKET_EV', text, {
    message: `A payment of ${tickets} tickets is worth ${total.toFixed(0)} wei; the limit (maxTotalEV) is ${limit.toFixed(0)} wei.`,
    remedy: OTHER_ORCHESTRATOR,
    observed: total.toFixed(5),
    limit: limit.toFixed(5),
  })
}

function peerError(code: string, wireText: string, init: Omit<LivepeerErrorInit, 'code' | 'kind'>): LivepeerError {
  return new LivepeerError({ ...init, code, kind: 'peer', wireText })
}
