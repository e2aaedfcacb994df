import { addressText, toHex } from '@livepeer-node/protocol'
import { type Clock, type Logger, toLivepeerError, within } from '@livepeer-node/sdk'
import { senderUnknown } from '../errors.ts'
import type { SenderState } from './chain.ts'

/** A broadcaster waits 8 s for an answer at least. */
const READ_MS = 4000
/** Whoever asks for terms makes us read; this many at a time. */
const MAX_READS = 16
/** Senders that are remembered; further ones take the place of whoever was not seen for longest. */
const MAX_SENDERS = 10_000

export interface SenderMonitorInit {
  /**
   * Reads the chain.
   * @param sender 20 bytes
   * @param isAgain something happened to it: what is older than the chain's latest known block is no answer
   */
  readonly read: (sender: Uint8Array, isAgain: boolean) => Promise<SenderState>
  readonly clock: Clock
  readonly log: Logger
}

interface Known {
  readonly sender: Uint8Array
  state: SenderState
  /** The chain has moved since it was read. */
  isStale: boolean
}

/**
 * What is known of those who pay (payments.md B2). Read from the chain once; read again when an event says that it changed,
 * never because somebody asks. While the chain does not answer the last good state stays.
 */
export class SenderMonitor {
  readonly #init: SenderMonitorInit
  /** By hex of the address; who was not seen for longest comes first. */
  readonly #known = new Map<string, Known>()
  readonly #reading = new Map<string, Promise<SenderState>>()
  /** Those to which something happened while they were read for the first time. */
  readonly #overtaken = new Set<string>()

  constructor(init: SenderMonitorInit) {
    this.#init = init
  }

  /** Senders that are remembered. */
  get size(): number {
    return this.#known.size
  }

  /** @throws `LP_SENDER_UNKNOWN` for one that was never read, while the chain does not answer */
  async of(sender: Uint8Array): Promise<SenderState> {
    const key = toHex(sender)
    const known = this.#known.get(key)
    if (!known) return this.#read(sender, false)
    this.#known.delete(key)
    this.#known.set(key, known)
    return known.state
  }

  /** Something happened to this sender; one that is not known is of no interest. */
  changed(sender: Uint8Array): void {
    const key = toHex(sender)
    const known = this.#known.get(key)
    if (known) known.isStale = true
    else if (this.#reading.has(key)) this.#overtaken.add(key)
    this.refresh()
  }

  /** Something happened to all: a new round, a reorganisation. */
  allChanged(): void {
    for (const known of this.#known.values()) known.isStale = true
    for (const key of this.#reading.keys()) if (!this.#known.has(key)) this.#overtaken.add(key)
    this.refresh()
  }

  /** Reads those again that have changed and could not be read since. Call it at each block. */
  refresh(): void {
    for (const known of this.#known.values()) {
      if (this.#reading.size >= MAX_READS) return
      if (known.isStale && !this.#reading.has(toHex(known.sender))) void this.#reread(known)
    }
  }

  /** Never rejects. */
  async #reread(known: Known): Promise<void> {
    // Before: what happens while it is being read makes it stale once more.
    known.isStale = false
    try {
      known.state = await this.#read(known.sender, true)
    } catch (error) {
      known.isStale = true
      this.#init.log.warn('a sender’s funds could not be read again; what was known last counts', {
        sender: addressText(known.sender),
        error: toLivepeerError(error),
      })
      return
    }
    this.refresh()
  }

  #read(sender: Uint8Array, isAgain: boolean): Promise<SenderState> {
    const key = toHex(sender)
    const running = this.#reading.get(key)
    if (running) return running
    const reading = this.#readChain(sender, isAgain).finally(() => {
      this.#reading.delete(key)
      if (this.#overtaken.delete(key)) this.refresh()
    })
    this.#reading.set(key, reading)
    return reading
  }

  async #readChain(sender: Uint8Array, isAgain: boolean): Promise<SenderState> {
    const { read, clock } = this.#init
    const text = addressText(sender)
    const inTime = { clock, ms: READ_MS, error: () => senderUnknown(text, `no answer within ${READ_MS} ms`) }
    if (this.#reading.size >= MAX_READS) throw senderUnknown(text, `${MAX_READS} others are being read`)
    try {
      const state = await within(inTime, () => read(sender, isAgain))
      this.#keep(sender, state)
      return state
    } catch (cause) {
      const error = toLivepeerError(cause)
      throw error.code === 'LP_SENDER_UNKNOWN' ? error : senderUnknown(text, error.message, cause)
    }
  }

  #keep(sender: Uint8Array, state: SenderState): void {
    const key = toHex(sender)
    const known = this.#known.get(key)
    if (known) {
      known.state = state
      return
    }
    const [oldest] = this.#known.keys()
    if (oldest !== undefined && this.#known.size >= MAX_SENDERS) this.#known.delete(oldest)
    this.#known.set(key, { sender, state, isStale: this.#overtaken.has(key) })
  }
}
