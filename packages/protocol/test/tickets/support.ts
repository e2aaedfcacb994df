import { readFileSync } from 'node:fs'
import { keySigner, type LotteryTicket, Rational, type TicketRound } from '../../src/index.ts'
import { hex } from '../support/values.ts'

/** Accounts 1 and 2 of the mnemonic "test test … junk": recipient and sender of the recorded tickets. */
export const RECIPIENT = hex('70997970C51812dc3A010C7d01b50e0d17dc79C8')
export const senderSigner = keySigner(hex('5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a'))

/** Hashes and addresses of payments.md G, where the reference's own tests use them. */
export const HASH_H = hex('7624778dedc75f8b322b9fa1632a610d40b85e106c7d9bf0e743a9ce291b9c6f')
export const HASH_FOO = hex('41b1a0649752af1b28b3dc29a1556eee781e4a4c3a1f7f53f90fa834de098c4d')
export const NO_HASH = new Uint8Array(32)
export const NO_ROUND: TicketRound = { creationRound: 0n, creationRoundBlockHash: NO_HASH }
export const ROUND_5: TicketRound = { creationRound: 5n, creationRoundBlockHash: HASH_H }

/** Bytes of `0x…` or plain hex. */
export function bytes(text: string): Uint8Array {
  return hex(text.replace(/^0x/, ''))
}

export function ticketOf(changes: Partial<LotteryTicket> = {}): LotteryTicket {
  const none = new Uint8Array(20)
  return {
    recipient: none,
    sender: none,
    faceValue: 0n,
    winProb: 0n,
    senderNonce: 0,
    recipientRandHash: NO_HASH,
    round: NO_ROUND,
    ...changes,
  }
}

/** A fraction from its text. */
export function ratio(text: string): Rational {
  const value = Rational.parse(text)
  if (!value) throw new Error(`“${text}” is not a fraction.`)
  return value
}

interface TicketVector {
  readonly senderNonce: number | string
  readonly hash: string
  readonly signature: string
  readonly lottery: string
  readonly wins: boolean
}

interface RoundVector {
  readonly creationRound: string
  readonly creationRoundBlockHash: string
}

interface WholeTicketVector extends TicketVector, RoundVector {
  readonly faceValue: string
  readonly winProb: string
  readonly recipientRandHash: string
  readonly recipientRand: string
}

/** Tickets that the contracts on a local chain were asked about; each verdict is theirs. */
export interface TicketVectors {
  readonly winning: WholeTicketVector & {
    recipient: string
    sender: string
    auxData: string
    packed: string
    digest: string
  }
  readonly losing: TicketVector & { readonly winProb: string }
  readonly realRounds: WholeTicketVector
  readonly lottery: {
    readonly recipientRandInputs: Readonly<
      Record<
        'secret' | 'seed' | 'sender' | 'faceValue' | 'winProb' | 'expirationBlock' | 'priceNum' | 'priceDenom',
        string
      >
    >
    readonly recipientRand: string
    readonly recipientRandHash: string
    readonly winProb: string
    readonly tickets: readonly TicketVector[]
  }
}

export const vectors: TicketVectors = JSON.parse(
  readFileSync(new URL('../vectors/tickets.json', import.meta.url), 'utf8'),
)
