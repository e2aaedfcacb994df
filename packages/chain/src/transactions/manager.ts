import type { Clock, Logger } from '@livepeer-node/sdk'
import type { Chain } from '../chain.ts'
import type { ContractCall } from '../contracts/contract.ts'
import type { TransactionSigner } from '../keys/transaction-signer.ts'
import { broadcast, wordsOf } from './broadcast.ts'
import { fundsMissing, refused, stopped } from './errors.ts'
import { boundFees, suggestFees } from './fees.ts'
import { Follower } from './follower.ts'
import { type JournalEntry, TransactionJournal } from './journal.ts'
import { estimateGas } from './prepare.ts'
import { findMined, type Receipt } from './receipt.ts'
import { signAttempt } from './sign.ts'
import { Tracked, type TransactionProgress } from './tracked.ts'

/** What a transaction shall do. */
export interface TransactionRequest extends ContractCall {
  /** For people: `redeem ticket 0x12…`. */
  readonly label: string
}

export interface SendOptions {
  /**
   * What this transaction does, where it must not be done twice. While one with the same key is on its way, of this process
   * or of an earlier one, and for 30 days after it has succeeded, that one is followed instead of a second being sent.
   */
  readonly key?: string
  /** Without an estimate; then a contract's refusal costs gas. Default: estimate and a quarter. */
  readonly gasLimit?: bigint
  /** Blocks that must hold it or be on top of it before it counts; default: the manager's. */
  readonly confirmations?: number
  /** ms after which it is cancelled unless it is mined; default: never. */
  readonly giveUpAfterMs?: number
  readonly onProgress?: (progress: TransactionProgress) => void
}

export interface TransactionManagerInit {
  readonly chain: Chain
  readonly signer: TransactionSigner
  /** Path of the journal: a file of the data folder; `:memory:` in tests. */
  readonly journal: string
  readonly clock: Clock
  readonly log: Logger
  /** Wei per gas; what would cost more is not sent. */
  readonly maxGasPrice?: bigint
  /** ms after which one that is not mined is replaced by one that pays more; default 60 000. */
  readonly replaceAfterMs?: number
  /** Forms that pay more, at most; default 5. */
  readonly maxReplacements?: number
  /** Default 1: it is mined. */
  readonly confirmations?: number
  /** ms after which one whose nonce is used by something else is believed to be lost; default 60 000. */
  readonly lostAfterMs?: number
  /** ms between two looks at what is on its way; default 1000. */
  readonly pollMs?: number
}

/** A transaction that is on its way. */
export interface PendingTransaction {
  readonly key?: string
  readonly label: string
  readonly nonce: number
  /** Of the form that was signed last. */
  readonly hash: string
  /** ms since 1970. */
  readonly createdAt: number
  /** How it ends, as `send` would tell. */
  readonly outcome: Promise<Receipt>
}

/**
 * Sends the transactions of one account, any number at the same time, and follows each to its end. What is signed is on disk
 * before it is sent: the next process goes on with it. One account, one manager.
 */
export class TransactionManager {
  readonly #init: TransactionManagerInit
  readonly #journal: TransactionJournal
  readonly #follower: Follower
  readonly #byKey = new Map<string, { readonly outcome: Promise<Receipt>; tracked?: Tracked }>()
  /** One after the other from nonce to sending: a nonce that was not used is the next one's. */
  #turn: Promise<unknown> = Promise.resolve()
  #isStarted = false
  #isStopped = false

  /** @throws `LP_TX_JOURNAL`. */
  constructor(init: TransactionManagerInit) {
    this.#init = init
    this.#journal = new TransactionJournal(init.journal, { chainId: init.chain.chainId, address: init.signer.address })
    this.#follower = new Follower({ ...init, journal: this.#journal })
  }

  /** With checksum. */
  get address(): string {
    return this.#init.signer.address
  }

  /** Goes on with what an earlier process left; `send` does it too. Returns at once. */
  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    for (const entry of this.#journal.pending()) {
      this.#init.log.info('A transaction of an earlier run is on its way.', fieldsOf(entry))
      this.#track(entry, {}, Number.NEGATIVE_INFINITY)
    }
  }

  /** Ends the following; what is on its way stays so. Those who wait get `LP_TX_STOPPED`. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#turn
    await this.#follower.stop()
    this.#journal.close()
  }

  /** What is on its way, by nonce. */
  pending(): readonly PendingTransaction[] {
    return this.#follower.all.map(({ entry, latest: { hash }, outcome }) => {
      const { key, label, nonce, createdAt } = entry
      return { ...(key !== undefined && { key }), label, nonce, hash, createdAt, outcome }
    })
  }

  /**
   * Sends a transaction and resolves once it was mined, deep enough. While it may still be mined, the promise stays open,
   * however long the chain does not answer.
   * @throws before anything is sent: `LP_TX_WOULD_REVERT`, `LP_TX_GAS_PRICE`, `LP_TX_FUNDS`, `LP_TX_REFUSED`,
   * `LP_TX_JOURNAL`, `LP_CHAIN_UNREACHABLE`, and what the signer says; after that: `LP_TX_REVERTED`, `LP_TX_REPLACED`,
   * `LP_TX_DROPPED`; at any time `LP_TX_STOPPED`
   */
  send(request: TransactionRequest, options: SendOptions = {}): Promise<Receipt> {
    this.start()
    const { key } = options
    if (key === undefined) return this.#send(request, options)
    const same = this.#byKey.get(key)
    if (same) {
      same.tracked?.listen(options.onProgress)
      return same.outcome
    }
    const outcome = this.#resume(key, options).then((receipt) => receipt ?? this.#send(request, options))
    this.#byKey.set(key, { outcome })
    const forget = () => this.#byKey.delete(key)
    outcome.then(forget, forget)
    return outcome
  }

  /** The end of one that succeeded already; where the chain has taken that back, it is sent again as it was. */
  async #resume(key: string, options: SendOptions): Promise<Receipt | undefined> {
    const finished = this.#journal.finished(key)
    if (!finished) return undefined
    const mined = await findMined(this.#init.chain.provider, finished.entry.attempts)
    if (mined) return mined.receipt
    this.#journal.reopen(finished.entry.id)
    return this.#track(finished.entry, options, Number.NEGATIVE_INFINITY).outcome
  }

  async #send(request: TransactionRequest, options: SendOptions): Promise<Receipt> {
    const { chain, signer, maxGasPrice } = this.#init
    const { label } = request
    if (this.#isStopped) throw stopped(label, undefined)
    const fees = boundFees(label, await suggestFees(chain), maxGasPrice)
    const gasLimit = options.gasLimit ?? (await estimateGas(chain, signer.address, request))
    const turn = this.#turn.then(() => this.#sendNext(request, { ...options, gasLimit, fees }))
    this.#turn = turn.catch(() => undefined) // who sends it has the reason
    return (await turn).outcome
  }

  async #sendNext(request: TransactionRequest, options: SendOptions & Prepared): Promise<Tracked> {
    const { chain, signer, clock, log } = this.#init
    const { to, data, value = 0n, label } = request
    const { key, gasLimit, fees } = options
    if (this.#isStopped) throw stopped(label, undefined)
    const nonce = await this.#nextNonce()
    const form = { chainId: chain.chainId, nonce, to, data, value, gasLimit, fees }
    const attempt = await signAttempt(signer, form, clock.now())
    const created = {
      ...(key !== undefined && { key }),
      label,
      nonce,
      to,
      data,
      value,
      gasLimit,
      createdAt: clock.now(),
    }
    const entry = this.#journal.add(created, attempt)
    const sent = await broadcast(chain.provider, attempt)
    if (sent.state === 'refused') {
      this.#journal.remove(entry)
      const { error, isPoor } = sent
      throw isPoor ? fundsMissing(label, signer.address, error) : refused(label, wordsOf(error), error)
    }
    log.info('A transaction was sent.', fieldsOf(entry))
    return this.#track(entry, options, clock.monotonic())
  }

  /** The first nonce that neither the chain nor the journal knows of. */
  async #nextNonce(): Promise<number> {
    const { chain, signer } = this.#init
    const taken = new Set(this.#journal.pending().map(({ nonce }) => nonce))
    let nonce = await chain.provider.getTransactionCount(signer.address, 'pending')
    while (taken.has(nonce)) nonce++
    return nonce
  }

  #track(entry: JournalEntry, options: SendOptions, sentAt: number): Tracked {
    const { confirmations = this.#init.confirmations ?? 1, giveUpAfterMs } = options
    const tracked = new Tracked(entry, { confirmations, ...(giveUpAfterMs !== undefined && { giveUpAfterMs }) }, sentAt)
    tracked.listen(options.onProgress)
    if (Number.isFinite(sentAt)) tracked.tell({ state: 'sent', hash: tracked.latest.hash, confirmations: 0 })
    const { key } = entry
    if (key !== undefined) this.#remember(key, tracked)
    this.#follower.follow(tracked)
    return tracked
  }

  #remember(key: string, tracked: Tracked): void {
    const known = this.#byKey.get(key)
    if (known) {
      known.tracked = tracked
      return
    }
    this.#byKey.set(key, { outcome: tracked.outcome, tracked })
    const forget = () => this.#byKey.delete(key)
    tracked.outcome.then(forget, forget)
  }
}

interface Prepared {
  readonly gasLimit: bigint
  readonly fees: JournalEntry['attempts'][number]['fees']
}

function fieldsOf({ label, nonce, attempts, key }: JournalEntry): Record<string, unknown> {
  return { label, nonce, hash: attempts.at(-1)?.hash, ...(key !== undefined && { key }) }
}
