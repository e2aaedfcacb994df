import type { KeyObject } from 'node:crypto'
import { isLivepeerError, type LivepeerError } from '@livepeer-node/sdk'
import { sameBytes } from '../bytes.ts'
import { addressText } from '../hash.ts'
import { recipientMismatch, recipientRandMismatch, senderIsZero, termsExpired } from './errors.ts'
import { senderUnlocking } from './errors-money.ts'
import { isZero, recipientRandHash } from './hash.ts'
import type { NonceBook } from './nonces.ts'
import { readPrice } from './price.ts'
import { Rational } from './rational.ts'
import { deriveRecipientRand } from './recipient-rand.ts'
import { isUnlockingSoon } from './sender-checks.ts'
import { isWinner, verifyTicketSignature } from './sign.ts'
import type { ChainPosition, SenderFunds, SignedTicket, WinningTicket } from './types.ts'
import { expectedValue } from './value.ts'
import { type TicketPayment, ticketsOf } from './wire.ts'

/** What an orchestrator holds against a payment. */
export interface ReceiveContext {
  /** Key of its secret numbers, see `TermsInputs`. */
  readonly secret: KeyObject
  /** Whom tickets must pay, 20 bytes. */
  readonly recipient: Uint8Array
  readonly chain: ChainPosition
  /** The sender's funds. */
  readonly funds: Pick<SenderFunds, 'withdrawRound'>
  readonly nonces: NonceBook
}

/** What came of one ticket. */
export interface ReceivedTicket extends SignedTicket {
  /** Wei to credit: the expected value, or 0 after the first fault of the payment. */
  readonly credit: Rational
  /** Set for a winner, refused or not: it is worth its face value. The contract pays each once. */
  readonly win?: WinningTicket
  /** Why it earns nothing. */
  readonly error?: LivepeerError
}

/**
 * Takes a payment's tickets one by one, so that a caller can store a winner before the next one, and can pause (payments.md
 * A7, A8.7). Tickets after a faulty one are looked at as well, but earn nothing.
 * @throws before the first ticket, with the text for the sender: `LP_PRICE_INVALID`, `LP_SENDER_UNLOCKING`,
 * `LP_TICKET_RECIPIENT`, `LP_TICKET_SENDER`, `LP_TICKET_RAND`. Nothing was credited then.
 */
export function* receiveTickets(payment: TicketPayment, context: ReceiveContext): Generator<ReceivedTicket, void> {
  const { purchase } = payment
  if (!purchase) return
  const recipientRand = checkPurchase(payment, context)
  const ev = expectedValue(purchase.terms)
  let isFaulty = false
  for (const signed of ticketsOf(payment)) {
    const { win, error } = receiveTicket(
      { ...signed, recipientRand, expirationBlock: purchase.terms.expirationBlock },
      context,
    )
    isFaulty ||= error !== undefined
    yield { ...signed, credit: isFaulty ? Rational.ZERO : ev, ...(win && { win }), ...(error && { error }) }
  }
}

/** What holds for all tickets of a payment alike; yields the secret number. */
function checkPurchase(payment: TicketPayment, context: ReceiveContext): bigint {
  readPrice(payment.expectedPrice)
  if (isUnlockingSoon(context.funds, context.chain)) {
    const text = `deposit and reserve for sender ${addressText(payment.sender)} is set to unlock soon`
    throw senderUnlocking(text, context.funds.withdrawRound)
  }
  return checkPaidTerms(payment, context)
}

/**
 * Are these terms ours, for this sender and this price? Yields their secret number, 0 where there are no tickets. Asks nothing
 * of the chain: whoever fails here was not worth asking for.
 * @throws `LP_PRICE_INVALID`, `LP_TICKET_RECIPIENT`, `LP_TICKET_SENDER`, `LP_TICKET_RAND`
 */
export function checkPaidTerms(
  { sender, expectedPrice, purchase }: TicketPayment,
  { secret, recipient }: Pick<ReceiveContext, 'secret' | 'recipient'>,
): bigint {
  if (!purchase) return 0n
  const { terms } = purchase
  const price = readPrice(expectedPrice)
  if (!sameBytes(terms.recipient, recipient)) {
    throw recipientMismatch(addressText(terms.recipient), addressText(recipient))
  }
  if (isZero(sender)) throw senderIsZero()
  const rand = deriveRecipientRand(secret, { ...terms, sender, price })
  if (!sameBytes(recipientRandHash(rand), terms.recipientRandHash)) throw recipientRandMismatch(addressText(sender))
  return rand
}

/** A winner that is a replay or too late still counts as one: whoever redeems it finds out (payments.md A7). */
function receiveTicket(
  candidate: WinningTicket,
  { nonces, chain }: ReceiveContext,
): Pick<ReceivedTicket, 'win' | 'error'> {
  const { ticket, recipientRand, expirationBlock } = candidate
  const unsigned = errorOf(() => verifyTicketSignature(candidate))
  if (unsigned) return { error: unsigned }
  const won = isWinner(candidate, recipientRand) && { win: candidate }
  const { sender, senderNonce: nonce } = ticket
  const error = errorOf(() => {
    nonces.note({ recipientRand, expirationBlock, nonce, sender })
    if (expirationBlock <= chain.l1Block) throw termsExpired(expirationBlock, chain.l1Block)
  })
  return { ...won, ...(error && { error }) }
}

function errorOf(check: () => void): LivepeerError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (isLivepeerError(error)) return error
    throw error
  }
}
