import { concatBytes, fromBytesBE, sameBytes, toAddress, toHex, toUint256 } from '../bytes.ts'
import { addressText, keccak256 } from '../hash.ts'
import { recoverAddress, type Signer } from '../signer.ts'
import { ticketSignatureInvalid } from './errors.ts'
import { ticketHash } from './hash.ts'
import type { LotteryTicket, SignedTicket } from './types.ts'

/** The sender's signature over a ticket, 65 bytes. Unlike other messages the ticket hash is signed directly (payments.md A2). */
export function signTicket(signer: Signer, ticket: LotteryTicket): Promise<Uint8Array> {
  return signer.sign(ticketHash(ticket))
}

/** @throws `LP_TICKET_SIGNATURE` unless the sender made the signature: 65 bytes, low s, v 27 or 28. */
export function verifyTicketSignature({ ticket, signature }: SignedTicket): void {
  const signedBy = signerOf(ticket, signature)
  if (sameBytes(signedBy, toAddress(ticket.sender))) return
  throw ticketSignatureInvalid(`it was made by ${addressText(signedBy)}`, toHex(signature))
}

function signerOf(ticket: LotteryTicket, signature: Uint8Array): Uint8Array {
  try {
    return recoverAddress(ticketHash(ticket), signature)
  } catch (cause) {
    throw ticketSignatureInvalid(cause instanceof Error ? cause.message : String(cause), toHex(signature), cause)
  }
}

/** The number that decides: Keccak-256 of the signature as sent and the orchestrator's secret (payments.md A3). */
export function ticketDraw(signature: Uint8Array, recipientRand: bigint): bigint {
  return fromBytesBE(keccak256(concatBytes([signature, toUint256(recipientRand)])))
}

/** Does it win? True when the draw is below `winProb`: probability 0 never wins. */
export function isWinner({ ticket, signature }: SignedTicket, recipientRand: bigint): boolean {
  return ticketDraw(signature, recipientRand) < ticket.winProb
}
