import { type Candidate, type Clock, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { type PooledOrchestrator, type PoolSource, readPool } from './pool-reader.ts'
import type { PoolStore } from './pool-store.ts'

/** Of candidates that the chain names. */
export const CHAIN_ORIGIN = 'chain'

/** Longest time between two reads of the pool, and the time after one that failed, ms. */
const REFRESH_MS = 600_000
const AGAIN_MS = 30_000

export interface PoolDiscoveryParts {
  readonly source: PoolSource
  readonly store: Pick<PoolStore, 'load' | 'replace'>
  /** Our own address, with checksum: nobody buys from itself. */
  readonly own: string
  readonly clock: Clock
  readonly log: Logger
  /** The node's life. */
  readonly signal: AbortSignal
}

/**
 * Knows the orchestrators of the chain's pool. Reads them beside everything else, each round and every ten minutes; answers from what
 * was read last, be it before a restart.
 */
export class PoolDiscovery {
  readonly #parts: PoolDiscoveryParts
  #orchestrators: readonly PooledOrchestrator[]
  #readAt: number
  #refusals = new Map<string, string>()
  #wanted = Promise.withResolvers<void>()

  constructor(parts: PoolDiscoveryParts) {
    this.#parts = parts
    const { orchestrators, readAt } = parts.store.load()
    this.#orchestrators = orchestrators
    this.#readAt = readAt
  }

  /** Answers `session.discover`. */
  candidates(): Candidate[] {
    return this.#orchestrators
      .filter(({ address }) => address !== this.#parts.own)
      .map(({ uri, stake }) => ({ uri, stake, trusted: false, origin: CHAIN_ORIGIN }))
  }

  status(): Record<string, unknown> {
    const orchestrators = this.#orchestrators.map(({ address, uri, stake }) => ({ address, uri, stake: `${stake}` }))
    return { ...(this.#readAt > 0 && { readAt: new Date(this.#readAt).toISOString() }), orchestrators }
  }

  /** Keeps the pool fresh until the node stops. Resolves then. */
  async run(): Promise<void> {
    const { clock, signal } = this.#parts
    while (!signal.aborted) {
      this.#wanted = Promise.withResolvers<void>()
      const isFresh = await this.#refresh()
      const waiting = new AbortController()
      const pause = clock.sleep(isFresh ? REFRESH_MS : AGAIN_MS, AbortSignal.any([signal, waiting.signal]))
      await Promise.race([pause.catch(() => {}), this.#wanted.promise])
      waiting.abort()
    }
  }

  /** The pool may be another one: a round began, or the chain's past changed. */
  changed(): void {
    this.#wanted.resolve()
  }

  /** Whether it is fresh now. Never rejects. */
  async #refresh(): Promise<boolean> {
    const { source, clock, log, signal } = this.#parts
    try {
      const { orchestrators, unusable } = await readPool(source)
      if (signal.aborted) return false
      this.#orchestrators = orchestrators
      this.#readAt = clock.now()
      this.#tell(unusable)
    } catch (thrown) {
      if (signal.aborted) return false
      const { code, message: reason } = toLivepeerError(thrown)
      const known = this.#orchestrators.length
      log.warn('the pool of orchestrators could not be read; those known last are used', { code, reason, known })
      return false
    }
    this.#save()
    return true
  }

  #save(): void {
    const { store, log } = this.#parts
    try {
      store.replace({ orchestrators: this.#orchestrators, readAt: this.#readAt })
    } catch (thrown) {
      const { code, message: reason } = toLivepeerError(thrown)
      log.warn('the pool of orchestrators could not be written down', { code, reason })
    }
  }

  /** Each fault once. */
  #tell(unusable: ReadonlyMap<string, string>): void {
    for (const [address, why] of unusable) {
      if (this.#refusals.get(address) !== why)
        this.#parts.log.info('orchestrator of the pool not usable', { address, reason: why })
    }
    this.#refusals = new Map(unusable)
  }
}

/** Answers `session.shortlist`: where the operator named some, those that the chain names are not asked (payments.md F1). */
export function namedFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  const named = candidates.filter(({ origin }) => origin !== CHAIN_ORIGIN)
  return named.length > 0 ? named : candidates
}
