import { MAX_WIN_PROB, recipientRandHash, type WinningTicket } from '@livepeer-node/protocol'
import { ticketKey } from '../../src/redemption/events.ts'
import type { Settlement, StoredWinner, WinnerStore } from '../../src/redemption/tickets.ts'

/** A ticket that wins in any case; its signature is filler. */
export function aWinner(
  over: Partial<{ nonce: number; faceValue: bigint; round: bigint; expires: bigint; from: number }>,
) {
  const { nonce = 1, faceValue = 1000n, round = 1n, expires = 0n, from = 2 } = over
  const recipientRand = 5n
  const ticket: WinningTicket = {
    ticket: {
      recipient: new Uint8Array(20).fill(1),
      sender: new Uint8Array(20).fill(from),
      faceValue,
      winProb: MAX_WIN_PROB,
      senderNonce: nonce,
      recipientRandHash: recipientRandHash(recipientRand),
      round: { creationRound: round, creationRoundBlockHash: new Uint8Array(32).fill(3) },
    },
    signature: new Uint8Array(65).fill(4),
    recipientRand,
    expirationBlock: expires,
  }
  return { key: ticketKey(ticket.ticket), ticket, addedBlock: 0n } satisfies StoredWinner
}

/** A store that outlives the queues that use it. */
export class MemoryStore implements WinnerStore {
  readonly winners = new Map<string, StoredWinner>()
  readonly settled = new Map<string, Settlement>()
  /** Called before each change: a test ends a process there. */
  beforeWrite: () => void = () => undefined

  add(winner: StoredWinner): void {
    this.winners.set(winner.key, winner)
  }

  unsettled(): readonly StoredWinner[] {
    return [...this.winners.values()].filter(({ key }) => !this.settled.has(key))
  }

  redeemedSince(block: bigint): readonly StoredWinner[] {
    return [...this.winners.values()].filter(({ key }) => {
      const settlement = this.settled.get(key)
      return settlement !== undefined && 'redeemed' in settlement && settlement.redeemed.block >= block
    })
  }

  settle(key: string, settlement: Settlement): void {
    this.beforeWrite()
    this.settled.set(key, settlement)
  }

  reopen(key: string): void {
    this.beforeWrite()
    this.settled.delete(key)
  }
}
