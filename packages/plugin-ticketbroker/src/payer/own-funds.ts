import type { SenderFunds } from '@livepeer-node/protocol'
import { type Logger, toLivepeerError } from '@livepeer-node/sdk'

/** Reads the broadcaster's deposit and reserve from the chain. */
export type ReadFunds = () => Promise<SenderFunds>

/**
 * The broadcaster's own deposit and reserve. Read once at the start, and again when the chain says that they may have changed; while
 * it does not answer, the last good state stays.
 */
export class OwnFunds {
  readonly #read: ReadFunds
  readonly #log: Logger
  #funds: SenderFunds
  #isStale = false
  #isReading = false

  private constructor(read: ReadFunds, { log, funds }: { log: Logger; funds: SenderFunds }) {
    this.#read = read
    this.#log = log
    this.#funds = funds
  }

  /** @throws `LP_CHAIN_…` */
  static async open(read: ReadFunds, log: Logger): Promise<OwnFunds> {
    return new OwnFunds(read, { log, funds: await read() })
  }

  get last(): SenderFunds {
    return this.#funds
  }

  /** Something happened that may have changed them. */
  changed(): void {
    this.#isStale = true
    void this.refresh()
  }

  /** Reads them again if they may have changed. Call it at each block, for what could not be read before. Never rejects. */
  async refresh(): Promise<void> {
    if (!this.#isStale || this.#isReading) return
    this.#isReading = true
    // Before: what happens while they are being read makes them stale once more.
    this.#isStale = false
    try {
      this.#funds = await this.#read()
    } catch (thrown) {
      this.#isStale = true
      const { code, message: reason } = toLivepeerError(thrown)
      this.#log.warn('deposit and reserve could not be read again; what was known last counts', { code, reason })
      return
    } finally {
      this.#isReading = false
    }
    await this.refresh()
  }
}
