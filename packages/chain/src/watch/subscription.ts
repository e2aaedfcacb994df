import { type ChainLog, inOrder } from '../logs.ts'
import { HISTORY_BLOCKS } from './history.ts'

/** Which events somebody wants. */
export interface EventFilter {
  /** Contract. */
  readonly address: string
  /** As `LogQuery.topics`; left out: all of its events. */
  readonly topics?: readonly (string | readonly string[] | null)[]
  /** First block; left out: the one after the latest that is known. */
  readonly fromBlock?: bigint
  /** Blocks that must be on top of an event before it is told; default 0. */
  readonly confirmations?: number
}

/** Who wants them. What it throws is logged and changes nothing. */
export interface EventHandler {
  added(log: ChainLog): void
  /** An event that was told is gone: the chain's past has changed. The newest comes first. */
  removed?(log: ChainLog): void
}

/** What a search found. */
export interface Found {
  /** First block that was searched. */
  readonly from: bigint
  /** Last block that was searched: the latest there is. */
  readonly to: bigint
  readonly logs: readonly ChainLog[]
  /** Hash of a block as the chain has it now; `undefined`: it has no such block. */
  hashAt(block: bigint): Promise<string | undefined>
}

/** Blocks that are searched again each time: an endpoint that is behind its others leaves events out without a word. */
const OVERLAP_BLOCKS = 32n

/** Tells one listener of events: each one once, and once more when it is gone. */
export class Subscription {
  readonly filter: EventFilter
  readonly #handler: EventHandler
  readonly #confirmations: bigint
  readonly #first: bigint
  readonly #known = new Map<string, { readonly log: ChainLog; told: boolean }>()
  /** All blocks before it have been searched. */
  #next: bigint

  constructor(filter: EventFilter, handler: EventHandler, next: bigint) {
    this.filter = filter
    this.#handler = handler
    this.#confirmations = BigInt(filter.confirmations ?? 0)
    this.#first = filter.fromBlock ?? next
    this.#next = this.#first
  }

  /** Where the next search begins. */
  get searchFrom(): bigint {
    const from = this.#next - OVERLAP_BLOCKS
    return from > this.#first ? from : this.#first
  }

  /** Blocks from this one on have been replaced: they are searched again. */
  rewind(block: bigint): void {
    if (block < this.#next) this.#next = block
  }

  /** Takes in what a search found, and tells what is new and what is gone. */
  async update(found: Found): Promise<void> {
    const { from, to, logs } = found
    const present = new Map(logs.filter((log) => this.#wants(log, from)).map((log) => [keyOf(log), log]))
    const missing = [...this.#known.values()].filter(({ log }) => log.block >= from && !present.has(keyOf(log)))
    const gone: ChainLog[] = []
    for (const { log, told } of missing) {
      // The same block must have the same events: the endpoint that was asked is behind.
      if ((await found.hashAt(log.block)) === log.blockHash) continue
      this.#known.delete(keyOf(log))
      if (told) gone.push(log)
    }
    for (const [key, log] of present) if (!this.#known.has(key)) this.#known.set(key, { log, told: false })
    this.#next = to + 1n
    for (const log of gone.toSorted(inOrder).toReversed()) this.#handler.removed?.(log)
    this.#tell(to)
  }

  #tell(latest: bigint): void {
    for (const [key, entry] of [...this.#known].toSorted(([, a], [, b]) => inOrder(a.log, b.log))) {
      const depth = latest - entry.log.block
      if (!entry.told && depth >= this.#confirmations) {
        entry.told = true
        this.#handler.added(entry.log)
      }
      if (entry.told && depth > HISTORY_BLOCKS) this.#known.delete(key)
    }
  }

  #wants(log: ChainLog, from: bigint): boolean {
    const { address, topics = [] } = this.filter
    if (log.block < from || log.block < this.#first) return false
    if (log.address.toLowerCase() !== address.toLowerCase()) return false
    return topics.every((wanted, i) => {
      if (wanted === null) return true
      return typeof wanted === 'string' ? wanted === log.topics[i] : wanted.includes(log.topics[i] ?? '')
    })
  }
}

/** Two blocks of the same number may hold the same transaction: they are two events. */
function keyOf({ blockHash, index }: ChainLog): string {
  return `${blockHash}/${index}`
}
