import { type Clock, type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'

/** Before it is tried again, the first time and at most, ms. */
const FIRST_MS = 10_000
const LONGEST_MS = 160_000

/** Is it our own account that keeps us from paying? Then no other orchestrator would do better. */
export function endsBuying({ code }: LivepeerError): boolean {
  return code.startsWith('LP_SENDER_')
}

/**
 * Whether a stream can pay at all. When its account has nothing to pay with, the stream goes on without renditions, no orchestrator is
 * asked in vain, and after a while it is tried again.
 */
export class Buying {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #log: Logger
  #error: LivepeerError | undefined
  #until = 0
  #waitMs = FIRST_MS

  constructor(clock: Pick<Clock, 'monotonic'>, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** Why nothing is bought at present; `undefined`: it is worth a try. */
  stopped(): LivepeerError | undefined {
    return this.#clock.monotonic() < this.#until ? this.#error : undefined
  }

  /** Something failed; stops the buying where it is such an error. One line for all that fail at the same time. */
  failed(thrown: unknown): void {
    const error = toLivepeerError(thrown)
    if (!endsBuying(error) || this.stopped()) return
    const isNews = this.#error?.code !== error.code
    this.#error = error
    this.#until = this.#clock.monotonic() + this.#waitMs
    const { code, message: reason, remedy } = error
    const facts = { code, reason, remedy, againMs: this.#waitMs }
    this.#log[isNews ? 'error' : 'debug']('nothing is bought; segments go out with their source alone', facts)
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_MS)
  }

  /** A segment was bought. */
  succeeded(): void {
    if (!this.#error) return
    this.#error = undefined
    this.#waitMs = FIRST_MS
    this.#log.info('segments are bought again')
  }
}
