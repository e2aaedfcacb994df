import type { KeyObject } from 'node:crypto'
import { ticketRoundUnusable } from './errors-money.ts'
import { TERMS_LIFE_BLOCKS } from './constants.ts'
import { isZero, recipientRandHash } from './hash.ts'
import type { Rational } from './rational.ts'
import { deriveRecipientRand } from './recipient-rand.ts'
import type { TicketRound, TicketTerms } from './types.ts'
import { type FaceValueInputs, faceValueFor, winProbFor } from './value.ts'

export interface TermsInputs {
  /** Who will be paid, 20 bytes. */
  readonly recipient: Uint8Array
  /** Who will pay, 20 bytes. */
  readonly sender: Uint8Array
  /** Wei per pixel; 0 or less: the service is free and the tickets are worth nothing. */
  readonly price: Rational
  readonly value: FaceValueInputs
  /** Latest L1 block. */
  readonly l1Block: bigint
  readonly round: TicketRound
  /** The orchestrator's key for its secret numbers, see `ticketSecret`. */
  readonly secret: KeyObject
  /** 32 random bytes as a number, new for each: broadcasters keep their nonces under the hash that comes of it (payments.md H61). */
  readonly seed: bigint
}

/** Terms for tickets of one sender (payments.md A6). @throws `LP_SENDER_RESERVE`. */
export function issueTerms(inputs: TermsInputs): TicketTerms {
  const { recipient, sender, price, value, l1Block, round, secret, seed } = inputs
  const faceValue = price.sign > 0 ? faceValueFor(value) : 0n
  const winProb = price.sign > 0 ? winProbFor(faceValue, value.ev) : 0n
  const expirationBlock = l1Block + TERMS_LIFE_BLOCKS
  const rand = deriveRecipientRand(secret, { sender, faceValue, winProb, seed, expirationBlock, price, round })
  return { recipient, faceValue, winProb, recipientRandHash: recipientRandHash(rand), seed, expirationBlock, round }
}

/** Where rounds begin and end, L1 blocks. */
export interface RoundClock {
  /** Latest initialized round. */
  readonly round: bigint
  readonly startBlock: bigint
  readonly lengthBlocks: bigint
  /** Rounds in which a ticket can be redeemed, its own included. */
  readonly validityRounds: bigint
}

/**
 * The round that new tickets name: the latest, or the one before where the latest has no block hash (payments.md A6.5).
 * @throws `LP_TICKET_ROUND` when neither has one, or when the tickets could not be redeemed any more once their terms are past
 * (payments.md H66): they would be worth nothing.
 */
export function roundForTickets(init: {
  latest: TicketRound
  previous: TicketRound
  clock: RoundClock
  l1Block: bigint
}): TicketRound {
  const { latest, previous, clock, l1Block } = init
  const round = isZero(latest.creationRoundBlockHash) ? previous : latest
  if (isZero(round.creationRoundBlockHash)) {
    throw ticketRoundUnusable('neither the latest round nor the one before has a block hash', clock.round)
  }
  const end = redemptionEnd(round, clock)
  const expirationBlock = l1Block + TERMS_LIFE_BLOCKS
  // Redeemed at the earliest in the block after the terms are past.
  if (expirationBlock + 1n >= end) {
    throw ticketRoundUnusable(
      `its tickets may be redeemed from block ${expirationBlock} on, and only before ${end}`,
      end,
    )
  }
  return round
}

/** First L1 block in which a ticket of this round is no longer redeemable. */
export function redemptionEnd({ creationRound }: TicketRound, clock: RoundClock): bigint {
  return clock.startBlock + clock.lengthBlocks * (creationRound + clock.validityRounds - clock.round)
}
