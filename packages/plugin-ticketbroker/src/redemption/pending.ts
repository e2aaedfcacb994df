import { toHex } from '@livepeer-node/protocol'
import type { StoredWinner } from './tickets.ts'

/** Tickets whose redemption is on its way, and what they take from each sender (payments.md B1, `pending`). */
export class PendingRedemptions {
  readonly #flying = new Set<string>()
  readonly #bySender = new Map<string, bigint>()

  has(key: string): boolean {
    return this.#flying.has(key)
  }

  get size(): number {
    return this.#flying.size
  }

  /** Wei. @param sender 20 bytes */
  of(sender: Uint8Array): bigint {
    return this.#bySender.get(toHex(sender)) ?? 0n
  }

  /** Returns the undo. */
  add(winners: readonly StoredWinner[]): () => void {
    for (const { key, ticket } of winners) {
      this.#flying.add(key)
      this.#change(ticket.ticket.sender, ticket.ticket.faceValue)
    }
    return () => {
      for (const { key, ticket } of winners) {
        if (this.#flying.delete(key)) this.#change(ticket.ticket.sender, -ticket.ticket.faceValue)
      }
    }
  }

  #change(sender: Uint8Array, by: bigint): void {
    const id = toHex(sender)
    const left = (this.#bySender.get(id) ?? 0n) + by
    if (left > 0n) this.#bySender.set(id, left)
    else this.#bySender.delete(id)
  }
}
