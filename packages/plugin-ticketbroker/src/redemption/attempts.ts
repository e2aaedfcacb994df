const MAX_DOUBLINGS = 5

interface Attempts {
  readonly tries: number
  readonly notBefore: bigint
  readonly hasFailed: boolean
  readonly reason: string
}

/**
 * Tickets that were tried or looked at in vain, and when it is their turn again: after 1, 2, 4, … 32 blocks. Time stands
 * still where the chain does.
 */
export class RedemptionAttempts {
  readonly #attempts = new Map<string, Attempts>()

  /** A ticket that has failed once goes alone: in a batch nobody says why it is not taken. */
  hasFailed(key: string): boolean {
    return this.#attempts.get(key)?.hasFailed ?? false
  }

  isDue(key: string, block: bigint): boolean {
    return block >= (this.#attempts.get(key)?.notBefore ?? 0n)
  }

  /** Why it was not redeemed the last time. */
  reason(key: string): string | undefined {
    return this.#attempts.get(key)?.reason
  }

  /** It was not worth it, or was refused before anything was sent. */
  postponed(key: string, block: bigint, reason: string): void {
    this.#next(key, { block, reason, hasFailed: this.hasFailed(key) })
  }

  /** It was sent, and not taken. */
  failed(key: string, block: bigint, reason: string): void {
    this.#next(key, { block, reason, hasFailed: true })
  }

  forget(key: string): void {
    this.#attempts.delete(key)
  }

  #next(key: string, { block, reason, hasFailed }: { block: bigint; reason: string; hasFailed: boolean }): void {
    const tries = (this.#attempts.get(key)?.tries ?? 0) + 1
    const pause = 2n ** BigInt(Math.min(tries - 1, MAX_DOUBLINGS))
    this.#attempts.set(key, { tries, notBefore: block + pause, hasFailed, reason })
  }
}
