import type { Clock, LivepeerError, Logger } from '@livepeer-node/sdk'
import { cardCrashes, cardUnusable } from './errors.ts'
import { knownFailure } from './failures.ts'
import { reason } from './log-lines.ts'

const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = 10 * 60_000
/** Sessions whose media process crashed within this time on a card that passes its test, and how many are too many. */
const CRASHES_WITHIN_MS = 10 * 60_000
const MOST_CRASHES = 3

export interface CardHealthInit {
  readonly card: number
  /** Does the card work? Rejects with the engine's error. */
  readonly test: () => Promise<void>
  readonly clock: Clock
  readonly log: Logger
}

/** Whether a card works. One that fails is taken out, tested again after waits that grow, and back when it passes. */
export class CardHealth {
  readonly #init: CardHealthInit
  #problem: LivepeerError | undefined
  #failures = 0
  #wait = FIRST_WAIT_MS
  #backAt = Number.NEGATIVE_INFINITY
  #crashes: readonly { readonly sessionId: string; readonly at: number }[] = []
  #suspected: Promise<boolean> | undefined
  #cancel = (): void => {}
  #closed = false

  constructor(init: CardHealthInit) {
    this.#init = init
  }

  /** Why the card is out; `undefined`: it works. */
  get problem(): LivepeerError | undefined {
    return this.#problem
  }

  /** How often it was taken out. */
  get failures(): number {
    return this.#failures
  }

  /** Takes the card out. Without `retry` it stays out: only an operator mends it. */
  takeOut(problem: LivepeerError, { retry }: { readonly retry: boolean }): void {
    if (this.#problem || this.#closed) return
    const { clock, log, card } = this.#init
    this.#problem = problem
    this.#failures++
    if (clock.monotonic() - this.#backAt > LONGEST_WAIT_MS) this.#wait = FIRST_WAIT_MS
    const { code, message, remedy } = problem
    log.error(message, { code, card, remedy, ...(retry && { testedAgainInMs: this.#wait }) })
    if (retry) this.#retryLater()
  }

  /**
   * A session's media process crashed, or the driver complained: the card's fault, or the segment's? A test tells. False:
   * the card is out.
   */
  async suspect(sessionId: string, thrown: unknown): Promise<boolean> {
    if (this.#problem) return false
    this.#suspected ??= this.#test().finally(() => {
      this.#suspected = undefined
    })
    if (!(await this.#suspected)) return false
    return this.#crashed(sessionId, thrown)
  }

  /** No test follows. */
  close(): void {
    this.#closed = true
    this.#cancel()
  }

  async #test(): Promise<boolean> {
    const error = await failureOf(this.#init)
    if (!error) return true
    this.takeOut(error, { retry: true })
    return false
  }

  /** One stream that crashes its process again and again says nothing of the card; several streams do. */
  #crashed(sessionId: string, thrown: unknown): boolean {
    const { clock, card } = this.#init
    const now = clock.monotonic()
    const others = this.#crashes.filter((crash) => crash.sessionId !== sessionId && now - crash.at < CRASHES_WITHIN_MS)
    this.#crashes = [...others, { sessionId, at: now }]
    if (this.#crashes.length < MOST_CRASHES) return true
    this.takeOut(cardCrashes(card, this.#crashes.length, thrown), { retry: true })
    this.#crashes = []
    return false
  }

  #retryLater(): void {
    this.#cancel = this.#init.clock.after(this.#wait, () => void this.#retry())
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS)
  }

  async #retry(): Promise<void> {
    const { card, log, clock } = this.#init
    const error = await failureOf(this.#init)
    if (this.#closed) return
    if (!error) {
      this.#problem = undefined
      this.#backAt = clock.monotonic()
      log.info('An NVIDIA card works again.', { card })
      return
    }
    this.#problem = error
    log.debug(error.message, { code: error.code, card, testedAgainInMs: this.#wait })
    this.#retryLater()
  }
}

/** A card that is only full works: its sessions say so. */
async function failureOf({ card, test }: CardHealthInit): Promise<LivepeerError | undefined> {
  try {
    await test()
    return undefined
  } catch (error) {
    const known = knownFailure(card, error)?.error
    if (known?.code === 'LP_NVENC_SESSION_LIMIT') return undefined
    return known ?? cardUnusable(card, reason(error), error)
  }
}
