import type { RedemptionPosition } from './chain.ts'

/** The longest pause, as a part of a round: a ticket lives for two of them at most. */
const PAUSES_PER_ROUND = 16n

interface Attempts {
  readonly tries: number
  /** L1 block. */
  readonly notBefore: bigint
  readonly hasFailed: boolean
  readonly reason: string
}

/**
 * Tickets that were tried or looked at in vain, and when it is their turn again: after 1, 2, 4, … L1 blocks. Time stands
 * still where the chain does.
 */
export class RedemptionAttempts {
  readonly #attempts = new Map<string, Attempts>()

  /** A ticket that has failed once goes alone: in a batch nobody says why it is not taken. */
  hasFailed(key: string): boolean {
    return this.#attempts.get(key)?.hasFailed ?? false
  }

  isDue(key: string, { l1Block }: RedemptionPosition): boolean {
    return l1Block >= (this.#attempts.get(key)?.notBefore ?? 0n)
  }

  /** Why it was not redeemed the last time. */
  reason(key: string): string | undefined {
    return this.#attempts.get(key)?.reason
  }

  /** It was not worth it, or was refused before anything was sent. Returns whether that is new. */
  postponed(key: string, at: RedemptionPosition, reason: string): boolean {
    return this.#next(key, at, { reason, hasFailed: this.hasFailed(key) })
  }

  /** It was sent, and not taken. */
  failed(key: string, at: RedemptionPosition, reason: string): void {
    this.#next(key, at, { reason, hasFailed: true })
  }

  forget(key: string): void {
    this.#attempts.delete(key)
  }

  #next(key: string, at: RedemptionPosition, outcome: { reason: string; hasFailed: boolean }): boolean {
    const before = this.#attempts.get(key)?.tries ?? 0
    const longest = at.round.lengthBlocks / PAUSES_PER_ROUND
    const doubled = 2n ** BigInt(Math.min(before, 16))
    const pause = doubled < longest ? doubled : longest
    this.#attempts.set(key, { tries: before + 1, notBefore: at.l1Block + pause, ...outcome })
    return before === 0
  }
}
