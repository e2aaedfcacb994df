import {
  decodeMessage,
  encodeMessage,
  readWinningTicket,
  TicketSchema,
  ticketHash,
  toHex,
  type WinningTicket,
  writeWinningTicket,
} from '@livepeer-node/protocol'

/** What a ticket is found by: `0x…` of its hash, which the contract too marks as used. */
export function winnerKey(winner: WinningTicket): string {
  return `0x${toHex(ticketHash(winner.ticket))}`
}

/** A winner as bytes: the message by which redeemers hand it on. Nothing of it is lost. */
export function writeWinner(winner: WinningTicket): Uint8Array {
  return encodeMessage(TicketSchema, writeWinningTicket(winner))
}

export function readWinner(bytes: Uint8Array): WinningTicket {
  return readWinningTicket(decodeMessage(TicketSchema, bytes))
}
