import { concatBytes, HASH_BYTES, toAddress, toHash, toUint256 } from '../bytes.ts'
import { keccak256 } from '../hash.ts'
import type { LotteryTicket, TicketRound } from './types.ts'

/** Bytes of aux data that the contract demands. */
export const AUX_DATA_BYTES = 64

/** Round and block hash as a ticket's aux data: 64 bytes, or none when both are zero (payments.md A1). */
export function auxData({ creationRound, creationRoundBlockHash }: TicketRound): Uint8Array {
  if (creationRound === 0n && isZero(creationRoundBlockHash)) return new Uint8Array()
  return concatBytes([toUint256(creationRound), toHash(creationRoundBlockHash)])
}

/** The round that aux data names; `undefined` for another length than 0 or 64 bytes. */
export function readAuxData(bytes: Uint8Array): TicketRound | undefined {
  if (bytes.length === 0) return { creationRound: 0n, creationRoundBlockHash: new Uint8Array(HASH_BYTES) }
  if (bytes.length !== AUX_DATA_BYTES) return undefined
  return {
    creationRound: BigInt(`0x${Buffer.from(bytes.subarray(0, HASH_BYTES)).toString('hex')}`),
    creationRoundBlockHash: bytes.slice(HASH_BYTES),
  }
}

/** Keccak-256 of the packed ticket, 32 bytes: what the sender signs and the contract marks as used (payments.md A2). */
export function ticketHash(ticket: LotteryTicket): Uint8Array {
  return keccak256(packTicket(ticket))
}

/** A ticket as Solidity packs it: 232 bytes, 168 without aux data. */
export function packTicket(ticket: LotteryTicket): Uint8Array {
  return concatBytes([
    toAddress(ticket.recipient),
    toAddress(ticket.sender),
    toUint256(ticket.faceValue),
    toUint256(ticket.winProb),
    toUint256(BigInt(ticket.senderNonce)),
    toHash(ticket.recipientRandHash),
    auxData(ticket.round),
  ])
}

/** What the orchestrator commits to in its terms: Keccak-256 of its secret number, 32 bytes (payments.md A5). */
export function recipientRandHash(recipientRand: bigint): Uint8Array {
  return keccak256(toUint256(recipientRand))
}

/** True when every byte is 0: a hash or an address that is not there. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
