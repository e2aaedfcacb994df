import {
  isWinner,
  recipientRandHash,
  sameBytes,
  verifyTicketSignature,
  type WinningTicket,
  wireTextOf,
} from '@livepeer-node/protocol'
import { ticketUnpayable } from './errors.ts'

/**
 * Would the contract pay it, whatever the funds? A false copy that lies on disk first would keep the real ticket of the same
 * hash out. @throws `LP_TICKET_UNPAYABLE`
 */
export function checkWinner(winner: WinningTicket): void {
  const { ticket, recipientRand } = winner
  if (!sameBytes(recipientRandHash(recipientRand), ticket.recipientRandHash)) {
    throw ticketUnpayable('invalid recipientRand for ticket recipientRandHash')
  }
  try {
    verifyTicketSignature(winner)
  } catch (error) {
    throw ticketUnpayable(wireTextOf(error), error)
  }
  if (!isWinner(winner, recipientRand)) throw ticketUnpayable('ticket did not win')
}
