import type { JournalEntry } from './journal.ts'
import type { Receipt } from './receipt.ts'

/** How far a transaction is. */
export interface TransactionProgress {
  /** `sent`: also each time that it is replaced by a form that pays more; `cancelling`: it is given up. */
  readonly state: 'sent' | 'mined' | 'cancelling' | 'done'
  readonly hash: string
  /** Blocks that hold it or are on top; 0 while it is not mined. */
  readonly confirmations: number
}

export interface TrackOptions {
  /** Blocks that must hold it or be on top. */
  readonly confirmations: number
  /** ms after which it is cancelled unless it is mined. */
  readonly giveUpAfterMs?: number
}

/** A transaction that is on its way, and who waits for it. */
export class Tracked {
  readonly options: TrackOptions
  readonly outcome: Promise<Receipt>
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
  readonly #listeners = new Set<(progress: TransactionProgress) => void>()
  entry: JournalEntry
  /** Hash of the block that it was last seen in. */
  minedIn: string | undefined
  /** Bringing it forward failed when it was last tried, and that was said. */
  hasFailed = false
  /** It was said that it cannot pay more. */
  isCapped = false
  /** ms of the clock that only goes forward: since when its nonce is used, and none of its forms is found. */
  lostSince: number | undefined
  /** ms of the clock that only goes forward: when it was last handed to the chain. */
  sentAt: number
  /** Of a hash: what was last told. */
  #told = ''

  constructor(entry: JournalEntry, options: TrackOptions, sentAt: number) {
    this.entry = entry
    this.options = options
    this.sentAt = sentAt
    const { promise, resolve, reject } = Promise.withResolvers<Receipt>()
    this.outcome = promise
    this.resolve = resolve
    this.reject = reject
    // After a restart nobody may be waiting for it.
    promise.catch(() => undefined)
  }

  /** The form that was signed last. */
  get latest() {
    const attempt = this.entry.attempts.at(-1)
    if (!attempt) throw new TypeError('A transaction has been signed at least once.')
    return attempt
  }

  listen(listener: ((progress: TransactionProgress) => void) | undefined): void {
    if (listener) this.#listeners.add(listener)
  }

  tell(progress: TransactionProgress): void {
    const told = `${progress.state} ${progress.hash} ${progress.confirmations}`
    if (told === this.#told) return
    this.#told = told
    for (const listener of this.#listeners) listener(progress)
  }
}
