import { toLivepeerError } from '@livepeer-node/sdk'
import type { BlockHead } from '../block.ts'
import { revertReason } from '../contracts/contract.ts'
import { broadcast, wordsOf } from './broadcast.ts'
import { dropped, replaced, reverted, stopped } from './errors.ts'
import { replacementFees, suggestFees } from './fees.ts'
import type { TransactionJournal } from './journal.ts'
import type { TransactionManagerInit } from './manager.ts'
import { findMined, type Mined } from './receipt.ts'
import { signAttempt } from './sign.ts'
import type { Tracked } from './tracked.ts'

const POLL_MS = 1000
const REPLACE_AFTER_MS = 60_000
const MAX_REPLACEMENTS = 5
/** ms after which one that is not mined is handed to the chain again: nodes forget. */
const AGAIN_MS = 30_000
/** ms for which a nonce must be used and none of its forms be found: endpoints are behind, and some tell of receipts late. */
const LOST_AFTER_MS = 60_000

export interface FollowerInit extends Omit<TransactionManagerInit, 'journal'> {
  readonly journal: TransactionJournal
}

/** Looks at the transactions that are on their way until each has come to its end. */
export class Follower {
  readonly #init: FollowerInit
  readonly #tracked = new Set<Tracked>()
  readonly #stop = new AbortController()
  #loop: Promise<void> | undefined
  #isFailing = false

  constructor(init: FollowerInit) {
    this.#init = init
  }

  /** By nonce. */
  get all(): Tracked[] {
    return [...this.#tracked].toSorted((a, b) => a.entry.nonce - b.entry.nonce)
  }

  follow(tracked: Tracked): void {
    this.#tracked.add(tracked)
    this.#loop ??= this.#run()
  }

  /** Those who wait are told that it stops. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    for (const { reject, entry, latest } of this.#tracked) reject(stopped(entry.label, latest.hash))
    this.#tracked.clear()
  }

  async #run(): Promise<void> {
    const { clock, log, pollMs = POLL_MS } = this.#init
    const { signal } = this.#stop
    while (this.#tracked.size > 0 && !signal.aborted) {
      try {
        await this.#look()
        this.#isFailing = false
      } catch (error) {
        const { code, message } = toLivepeerError(error)
        if (!this.#isFailing) log.warn('Transactions cannot be followed at the moment.', { code, reason: message })
        this.#isFailing = true
      }
      if (this.#tracked.size > 0) await clock.sleep(pollMs, signal).catch(() => undefined)
    }
    // In the same breath as the condition: what comes next begins a new one.
    this.#loop = undefined
  }

  async #look(): Promise<void> {
    const { chain, signer } = this.#init
    const [head, used] = await Promise.all([
      chain.block(),
      chain.provider.getTransactionCount(signer.address, 'latest'),
    ])
    if (!head) return
    await Promise.all(this.all.map((tracked) => this.#lookAt(tracked, head, used)))
  }

  /** What is wrong with one holds up no other. */
  async #lookAt(tracked: Tracked, head: BlockHead, used: number): Promise<void> {
    try {
      if (tracked.entry.nonce < used) await this.#lookAtUsed(tracked, head)
      else await this.#push(tracked)
      tracked.hasFailed = false
    } catch (error) {
      const { code, message } = toLivepeerError(error)
      const { label } = tracked.entry
      const fields = { code, reason: message, label, hash: tracked.latest.hash }
      if (!tracked.hasFailed) this.#init.log.warn('A transaction cannot be brought forward; it is tried again.', fields)
      tracked.hasFailed = true
    }
  }

  /** Its nonce is used: by which of its forms? */
  async #lookAtUsed(tracked: Tracked, head: BlockHead): Promise<void> {
    const { entry, options } = tracked
    const mined = await findMined(this.#init.chain.provider, entry.attempts)
    if (!mined) {
      const { clock, lostAfterMs = LOST_AFTER_MS } = this.#init
      tracked.lostSince ??= clock.monotonic()
      const isLost = clock.monotonic() - tracked.lostSince >= lostAfterMs
      if (isLost) this.#lose(tracked, replaced(entry.label, tracked.latest.hash, entry.nonce))
      return
    }
    tracked.lostSince = undefined
    tracked.minedIn = mined.receipt.blockHash
    // An endpoint may be behind the one that has the receipt.
    const confirmations = Math.max(1, Number(head.number - mined.receipt.block) + 1)
    tracked.tell({ state: 'mined', hash: mined.attempt.hash, confirmations })
    if (confirmations >= options.confirmations) await this.#end(tracked, mined, confirmations)
  }

  async #end(tracked: Tracked, mined: Mined, confirmations: number): Promise<void> {
    const { journal, clock, log } = this.#init
    const { label, attempts, createdAt } = tracked.entry
    const { hash } = mined.attempt
    if (mined.attempt.isCancel) {
      this.#lose(tracked, dropped(label, hash, (attempts.at(-1)?.signedAt ?? createdAt) - createdAt))
      return
    }
    if (mined.isReverted) {
      this.#lose(tracked, reverted(label, hash, await this.#reasonOf(tracked, mined)))
      return
    }
    journal.finish(tracked.entry, hash, clock.now())
    this.#tracked.delete(tracked)
    log.info('A transaction is done.', { label, hash, block: mined.receipt.block.toString() })
    tracked.tell({ state: 'done', hash, confirmations })
    tracked.resolve(mined.receipt)
  }

  #lose(tracked: Tracked, error: ReturnType<typeof replaced>): void {
    const { journal, log } = this.#init
    journal.remove(tracked.entry)
    this.#tracked.delete(tracked)
    log.warn(error.message, { code: error.code, hash: tracked.latest.hash, label: tracked.entry.label })
    tracked.reject(error)
  }

  /** The contract's words, by asking for the same once more where it was. */
  async #reasonOf({ entry }: Tracked, { receipt }: Mined): Promise<string> {
    const { chain, signer } = this.#init
    const { to, data, value, gasLimit } = entry
    if (receipt.gasUsed >= gasLimit) return `it used all of its ${gasLimit} gas`
    try {
      await chain.provider.call({ from: signer.address, to, data, value, blockTag: receipt.block - 1n })
      return 'the contract does not say why'
    } catch (error) {
      return revertReason(error)
    }
  }

  /** It is not mined: hands it over again, or replaces it by a form that pays more. */
  async #push(tracked: Tracked): Promise<void> {
    const { clock, chain, replaceAfterMs = REPLACE_AFTER_MS } = this.#init
    tracked.lostSince = undefined
    const wasMined = tracked.minedIn !== undefined
    tracked.minedIn = undefined
    const waited = clock.now() - tracked.latest.signedAt
    if (!wasMined && waited >= replaceAfterMs && (await this.#replace(tracked))) return
    if (!wasMined && clock.monotonic() - tracked.sentAt < AGAIN_MS) return
    tracked.sentAt = clock.monotonic()
    const sent = await broadcast(chain.provider, tracked.latest)
    if (sent.state !== 'refused') return
    this.#init.log.warn('A transaction that is on its way is refused; it is tried again.', {
      code: 'LP_TX_REFUSED',
      reason: wordsOf(sent.error),
      label: tracked.entry.label,
      hash: tracked.latest.hash,
    })
  }

  /** False: it stays as it is. */
  async #replace(tracked: Tracked): Promise<boolean> {
    const { chain, signer, clock, log, journal, maxGasPrice, maxReplacements = MAX_REPLACEMENTS } = this.#init
    const { entry, latest, options } = tracked
    const isCancel =
      latest.isCancel || (options.giveUpAfterMs !== undefined && clock.now() - entry.createdAt >= options.giveUpAfterMs)
    if (entry.attempts.length > maxReplacements && (latest.isCancel || !isCancel)) return false
    const fees = replacementFees(latest.fees, (await suggestFees(chain)).fees, maxGasPrice)
    if (!fees) {
      this.#sayCapped(tracked)
      return false
    }
    const { nonce, to, data, value, gasLimit } = entry
    const same = { chainId: chain.chainId, nonce, fees }
    const nothing = { to: signer.address, data: '0x', value: 0n, gasLimit, isCancel: true }
    const attempt = await signAttempt(
      signer,
      isCancel ? { ...same, ...nothing } : { ...same, to, data, value, gasLimit },
      clock.now(),
    )
    tracked.entry = journal.addAttempt(entry, attempt)
    tracked.sentAt = clock.monotonic()
    await broadcast(chain.provider, attempt)
    const { label } = entry
    log.info(isCancel ? 'A transaction is given up.' : 'A transaction that pays more replaces one that is not mined.', {
      label,
      nonce,
      hash: attempt.hash,
      maxFeePerGas: fees.maxFeePerGas.toString(),
    })
    tracked.tell({ state: isCancel ? 'cancelling' : 'sent', hash: attempt.hash, confirmations: 0 })
    return true
  }

  #sayCapped(tracked: Tracked): void {
    const { log, maxGasPrice } = this.#init
    const { entry, latest, isCapped } = tracked
    tracked.isCapped = true
    if (isCapped) return
    log.warn('A transaction is not mined, and paying more for it would be above maxGasPrice. It waits.', {
      code: 'LP_TX_GAS_PRICE',
      label: entry.label,
      hash: latest.hash,
      limit: maxGasPrice?.toString(),
    })
  }
}
