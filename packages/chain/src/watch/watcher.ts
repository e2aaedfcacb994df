import type { Clock, Logger } from '@livepeer-node/sdk'
import { toLivepeerError } from '@livepeer-node/sdk'
import type { BlockHead } from '../block.ts'
import type { Chain } from '../chain.ts'
import type { RoundState } from '../contracts/rounds-manager.ts'
import { callFailed, positionUnknown } from '../errors.ts'
import { LOG_RANGE_BLOCKS } from '../logs.ts'
import { BlockHistory } from './history.ts'
import { readPosition, type WatchedPosition } from './position.ts'
import { type EventFilter, type EventHandler, Subscription } from './subscription.ts'

/** ms between two looks, as in the reference (`blockPollingInterval`). */
export const DEFAULT_INTERVAL_MS = 5000
/** ms without a new block after which endpoints are compared. */
const STALL_MS = 60_000
/** Looks for which an endpoint may be behind what was seen before; then it is the chain that is shorter. */
const LOOKS_BEHIND = 3

export interface WatcherInit {
  readonly chain: Chain
  readonly clock: Clock
  readonly log: Logger
  /** Default 5000. */
  readonly intervalMs?: number
}

/** What a watcher tells of, and with what. */
export interface WatcherEvents {
  /** There is another latest block. */
  block: [position: WatchedPosition]
  /** A round was initialized; or taken back, when the chain's past changed. */
  round: [round: RoundState, position: WatchedPosition]
  /** Blocks from this one on were replaced, or may have been; those before were not. Told before all else. */
  reorg: [fork: { readonly from: bigint }]
}

type Listeners = { [Name in keyof WatcherEvents]: Set<(...args: WatcherEvents[Name]) => void> }

/** Looks at the chain again and again. What it knows stays when the chain does not answer; `ageMs` says how old it is. */
export class ChainWatcher {
  readonly #init: WatcherInit
  readonly #history = new BlockHistory()
  readonly #subscriptions = new Set<Subscription>()
  readonly #listeners: Listeners = { block: new Set(), round: new Set(), reorg: new Set() }
  readonly #stop = new AbortController()
  #position: WatchedPosition | undefined
  #seenAt = 0
  /** When there was last another block. */
  #movedAt = 0
  #looksBehind = 0
  #isFailing = false
  #looking: Promise<void> | undefined
  #loop: Promise<void> | undefined

  constructor(init: WatcherInit) {
    this.#init = init
  }

  /** The last good state. @throws `LP_CHAIN_POSITION` before `start`. */
  get position(): WatchedPosition {
    if (!this.#position) throw positionUnknown()
    return this.#position
  }

  /** ms since the chain last answered. */
  get ageMs(): number {
    return this.#init.clock.monotonic() - this.#seenAt
  }

  /** Looks once, then goes on looking until `stop`. Rejects when the first look fails. */
  async start(): Promise<void> {
    await this.look()
    this.#loop ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  /** Looks now; looks at the same time are one. Rejects when the chain does not answer. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Calls the listener whenever it happens; returns its undo. */
  on<Name extends keyof WatcherEvents>(name: Name, listener: (...args: WatcherEvents[Name]) => void): () => void {
    this.#listeners[name].add(listener)
    return () => this.#listeners[name].delete(listener)
  }

  /** Tells of a contract's events, from the next look on; returns its undo. */
  subscribe(filter: EventFilter, handler: EventHandler): () => void {
    const next = (this.#position?.block ?? -1n) + 1n
    const guarded: EventHandler = {
      added: (log) => this.#guard('an event', () => handler.added(log)),
      removed: (log) => this.#guard('an event that is gone', () => handler.removed?.(log)),
    }
    const subscription = new Subscription(filter, guarded, next)
    this.#subscriptions.add(subscription)
    return () => this.#subscriptions.delete(subscription)
  }

  async #run(): Promise<void> {
    const { clock, log, intervalMs = DEFAULT_INTERVAL_MS } = this.#init
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await clock.sleep(intervalMs, signal)
        await this.look()
        if (this.#isFailing) log.info('The chain can be looked at again.', { block: this.position.block.toString() })
        this.#isFailing = false
      } catch (error) {
        if (signal.aborted) return
        const { code, message, observed } = toLivepeerError(error)
        const fields = { code, reason: observed ?? message, ageMs: Math.round(this.ageMs) }
        if (!this.#isFailing) log.warn('The chain cannot be looked at; what was known last is used.', fields)
        this.#isFailing = true
      }
    }
  }

  async #look(): Promise<void> {
    const { chain, clock } = this.#init
    const head = await chain.block()
    if (!head) throw callFailed('the latest block', 'there is none', undefined)
    const fork = (await this.#history.forkAt(head, (number) => chain.block(number))) ?? this.#shorter(head)
    if (fork === 'behind') return
    const before = this.#position
    const isSame = before?.blockHash === head.hash
    if (isSame) await this.#findStalled(head)
    else this.#movedAt = clock.monotonic()
    const position = isSame ? before : await readPosition(chain, head, fork === undefined ? before : undefined)
    this.#looksBehind = 0
    this.#history.add(head)
    this.#position = position
    this.#seenAt = clock.monotonic()
    if (fork !== undefined) this.#rewind(fork)
    if (!isSame) this.#tell(position, before)
    await this.#readEvents(head)
  }

  /** An endpoint that is behind the others says nothing new. When it stays so, the chain itself has become shorter. */
  #shorter({ number }: BlockHead): bigint | 'behind' | undefined {
    const { latest } = this.#history
    if (latest === undefined || number >= latest) return undefined
    this.#looksBehind++
    return this.#looksBehind > LOOKS_BEHIND ? number + 1n : 'behind'
  }

  /** Nothing new for so long: is it the endpoint that stands still? */
  async #findStalled({ number }: BlockHead): Promise<void> {
    const { chain, clock } = this.#init
    if (clock.monotonic() - this.#movedAt < STALL_MS) return
    this.#movedAt = clock.monotonic()
    await chain.provider.findStalled(number)
  }

  #rewind(from: bigint): void {
    this.#init.log.warn('The chain has replaced some of its blocks.', { code: 'LP_CHAIN_REORG', from: from.toString() })
    for (const subscription of this.#subscriptions) subscription.rewind(from)
    this.#emit('reorg', { from })
  }

  #tell(position: WatchedPosition, before: WatchedPosition | undefined): void {
    this.#emit('block', position)
    const { round } = position
    const isOther = round.number !== before?.round.number || !isSameHash(round.blockHash, before.round.blockHash)
    if (isOther) this.#emit('round', round, position)
  }

  async #readEvents(head: BlockHead): Promise<void> {
    const { chain } = this.#init
    const hashes = new Map<bigint, Promise<string | undefined>>([[head.number, Promise.resolve(head.hash)]])
    const hashAt = (number: bigint) => {
      const known = hashes.get(number) ?? chain.block(number).then((block) => block?.hash)
      hashes.set(number, known)
      return known
    }
    // Where there is nothing to search, what was told may still be gone.
    for (const it of this.#subscriptions) {
      if (it.searchFrom > head.number) await it.update({ from: it.searchFrom, to: head.number, logs: [], hashAt })
    }
    const isNear = (it: Subscription) => head.number - it.searchFrom < LOG_RANGE_BLOCKS
    const all = [...this.#subscriptions].filter((it) => it.searchFrom <= head.number)
    const near = all.filter(isNear)
    // Those that are up to date share one request.
    for (const group of [near, ...all.filter((it) => !isNear(it)).map((it) => [it])]) {
      if (group.length === 0) continue
      const from = group.map((it) => it.searchFrom).reduce((a, b) => (a < b ? a : b))
      const address = [...new Set(group.map(({ filter }) => filter.address))]
      const [first] = group
      const topics = group.length === 1 ? first?.filter.topics : undefined
      const logs = await chain.logs({ address, ...(topics && { topics }), fromBlock: from, toBlock: head.number })
      for (const it of group) await it.update({ from: it.searchFrom, to: head.number, logs, hashAt })
    }
  }

  #emit<Name extends keyof WatcherEvents>(name: Name, ...args: WatcherEvents[Name]): void {
    for (const listener of this.#listeners[name]) this.#guard(`“${name}”`, () => listener(...args))
  }

  #guard(what: string, act: () => void): void {
    try {
      act()
    } catch (error) {
      const { code, message } = toLivepeerError(error)
      this.#init.log.error(`A listener for ${what} of the chain failed.`, { code, reason: message })
    }
  }
}

function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
