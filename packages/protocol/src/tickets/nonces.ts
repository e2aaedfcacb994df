import { addressText } from '../hash.ts'
import { MAX_TICKETS_PER_TERMS } from './constants.ts'
import { nonceRefused } from './errors.ts'

interface Terms {
  readonly nonces: Set<number>
  readonly expirationBlock: bigint
}

/** One ticket's nonce, and the terms that it belongs to. */
export interface NonceUse {
  /** The terms' secret number. */
  readonly recipientRand: bigint
  readonly expirationBlock: bigint
  readonly nonce: number
  readonly sender: Uint8Array
}

/** Nonces that an orchestrator has seen, so that no ticket counts twice (payments.md A7). They need no order. */
export class NonceBook {
  readonly #terms = new Map<bigint, Terms>()

  /** Terms whose nonces are held. */
  get size(): number {
    return this.#terms.size
  }

  /** @throws `LP_TICKET_NONCE` for one that was seen, and for more than 600 of the same terms; neither is noted. */
  note({ recipientRand, expirationBlock, nonce, sender }: NonceUse): void {
    const nonces = this.#terms.get(recipientRand)?.nonces ?? new Set()
    if (nonces.has(nonce)) throw nonceRefused('already seen', addressText(sender), nonce)
    if (nonces.size >= MAX_TICKETS_PER_TERMS) throw nonceRefused('too many values', addressText(sender), nonce)
    nonces.add(nonce)
    this.#terms.set(recipientRand, { nonces, expirationBlock })
  }

  /** Forgets the nonces of terms that are past: their tickets are refused for that. */
  forgetExpired(l1Block: bigint): void {
    for (const [rand, { expirationBlock }] of this.#terms) {
      if (expirationBlock <= l1Block) this.#terms.delete(rand)
    }
  }
}
