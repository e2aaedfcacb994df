import { TERMS_EXPIRY_BUFFER_BLOCKS } from './constants.ts'
import {
  faceValueTooHigh,
  faceValueTooLow,
  termsExpired,
  termsUnusable,
  ticketEvTooHigh,
  totalEvTooHigh,
} from './errors.ts'
import { fundsMissing, senderUnlocking } from './errors-money.ts'
import { isZero } from './hash.ts'
import { Rational } from './rational.ts'
import type { ChainPosition, SenderFunds, TicketRound, TicketTerms } from './types.ts'
import { expectedValue } from './value.ts'

/** How much a broadcaster is willing to stake, wei. */
export interface PurchaseLimits {
  /** Expected value of one ticket. */
  readonly maxTicketEv: Rational
  /** Expected value of all tickets of one payment. */
  readonly maxTotalEv: Rational
  /** Face values may be the deposit divided by this. */
  readonly depositMultiplier: bigint
}

export interface PurchaseContext {
  readonly limits: PurchaseLimits
  readonly chain: ChainPosition
  /** Only asked when the service is not free; may throw. */
  readonly funds: () => SenderFunds
}

/**
 * May this many tickets be bought on these terms? A broadcaster asks before each payment, and for one ticket when it looks for
 * orchestrators (payments.md A11).
 * @throws `LP_TERMS_INVALID`; `LP_TICKET_EXPIRED` (ask for new ones); `LP_TICKET_FACE_VALUE`, `LP_TICKET_EV`: use another
 * orchestrator; `LP_SENDER_UNLOCKING`, `LP_SENDER_FUNDS`: no orchestrator will do
 */
export function checkTerms(terms: TicketTerms | undefined, tickets: bigint, context: PurchaseContext): void {
  const { limits, chain } = context
  if (!terms) throw termsUnusable('ticketParams is nil', undefined)
  if (terms.expirationBlock === 0n) throw termsUnusable('ticketParams expiration block is 0', 0)
  if (terms.expirationBlock - chain.l1Block <= TERMS_EXPIRY_BUFFER_BLOCKS) {
    throw termsExpired(terms.expirationBlock, chain.l1Block)
  }
  const ev = expectedValue(terms)
  if (ev.sign <= 0) return
  if (!ev.isLessThan(Rational.of(terms.faceValue))) throw faceValueTooLow(terms.faceValue)
  if (ev.isMoreThan(limits.maxTicketEv)) throw ticketEvTooHigh(ev, limits.maxTicketEv)
  const { deposit } = solventFunds(context.funds(), chain)
  const total = ev.times(tickets)
  if (total.isMoreThan(limits.maxTotalEv)) throw totalEvTooHigh({ total, tickets, limit: limits.maxTotalEv })
  const maxFaceValue = deposit / limits.depositMultiplier
  if (terms.faceValue > maxFaceValue) throw faceValueTooHigh(terms.faceValue, maxFaceValue)
}

function solventFunds(funds: SenderFunds, chain: ChainPosition): SenderFunds {
  if (isUnlockingSoon(funds, chain)) {
    throw senderUnlocking('unable to validate sender: deposit and reserve is set to unlock soon', funds.withdrawRound)
  }
  if (funds.reserve.fundsRemaining === 0n) throw fundsMissing('reserve')
  if (funds.deposit === 0n) throw fundsMissing('deposit')
  return funds
}

/** Will this sender's funds be free to leave in the next round, or are they already? */
export function isUnlockingSoon(
  { withdrawRound }: Pick<SenderFunds, 'withdrawRound'>,
  { round }: ChainPosition,
): boolean {
  return withdrawRound !== 0n && withdrawRound <= round + 1n
}

/**
 * The round that tickets on these terms name: what the orchestrator said, or the sender's own latest round where it said
 * nothing (payments.md A11). The orchestrator finds its secret by it.
 */
export function roundOfTerms({ round }: Pick<TicketTerms, 'round'>, own: TicketRound): TicketRound {
  const isGiven = round && round.creationRound !== 0n && !isZero(round.creationRoundBlockHash)
  return isGiven ? round : own
}
