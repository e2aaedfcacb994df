import { isRedeemableIn, isRevealable, type WinningTicket } from '@livepeer-node/protocol'
import type { RedemptionPosition } from './chain.ts'

/** What can be done with a winner at this moment. */
export type Readiness =
  /** Its secret may not be revealed yet. */
  | 'early'
  /** Nobody has opened the round yet: the contract takes no ticket. */
  | 'closed'
  | 'redeemable'
  /** Its rounds are over; nothing but a reorganisation of the chain could change that. */
  | 'expired'

/** Where a winner stands in its life. */
export interface TicketTime {
  readonly readiness: Readiness
  /** L1 blocks until it can not be redeemed any more; 0 or less: too late. */
  readonly blocksLeft: bigint
  /** So little time is left that the operator should know, and that a part of the face value is better than nothing. */
  readonly isPressing: boolean
}

/** Where a winner stands in its life (payments.md B3, C checks 2 and 8). */
export function ticketTime(ticket: WinningTicket, at: RedemptionPosition, validityRounds: bigint): TicketTime {
  const { round, l1Block } = at
  const { creationRound } = ticket.ticket.round
  const end = round.startBlock + (creationRound + validityRounds - round.number) * round.lengthBlocks
  const blocksLeft = end - l1Block
  return {
    readiness: readiness(ticket, at, validityRounds),
    blocksLeft,
    isPressing: blocksLeft <= round.lengthBlocks / 2n,
  }
}

function readiness(ticket: WinningTicket, at: RedemptionPosition, validityRounds: bigint): Readiness {
  if (!isRedeemableIn(at.round.number, ticket.ticket.round, validityRounds)) return 'expired'
  if (!isRevealable(ticket, at.l1Block)) return 'early'
  return at.round.initialized ? 'redeemable' : 'closed'
}
