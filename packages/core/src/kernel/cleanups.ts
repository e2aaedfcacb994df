import type { Clock, Logger } from '@livepeer-node/sdk'
import { cleanupTimeout } from './errors.ts'
import { asError } from './guard.ts'
import { isThenable, withLimits } from './limits.ts'

export type Cleanup = () => void | Promise<void>

/** Longest wait for one clean-up, ms: one that hangs must not keep the others from running. */
export const CLEANUP_LIMIT_MS = 10_000

/** What one plugin wants undone, last registered first. */
export class Cleanups {
  #stack: Cleanup[] = []
  #closed = false
  readonly #plugin: string
  readonly #clock: Clock
  readonly #log: Logger

  constructor(plugin: string, clock: Clock, log: Logger) {
    this.#plugin = plugin
    this.#clock = clock
    this.#log = log
  }

  /** After `run` it is too late to wait for a turn: then the clean-up runs at once. */
  add(cleanup: Cleanup): void {
    if (!this.#closed) {
      this.#stack.push(cleanup)
      return
    }
    this.#runOne(cleanup).catch((thrown: unknown) => {
      this.#log.error('A late clean-up failed', { error: asError(thrown) })
    })
  }

  /** Runs all, whatever fails; returns the failures. */
  async run(): Promise<readonly Error[]> {
    this.#closed = true
    const errors: Error[] = []
    for (const cleanup of this.#stack.splice(0).toReversed()) {
      try {
        await this.#runOne(cleanup)
      } catch (thrown) {
        errors.push(asError(thrown).within({ plugin: this.#plugin }))
      }
    }
    return errors
  }

  async #runOne(cleanup: Cleanup): Promise<void> {
    const work: unknown = cleanup()
    // `() => set.delete(x)` is a clean-up too, and returns something.
    if (!isThenable(work)) return
    await withLimits(work, {
      clock: this.#clock,
      deadline: { ms: CLEANUP_LIMIT_MS, error: () => cleanupTimeout(CLEANUP_LIMIT_MS) },
      aborts: [],
      onLateFailure: (thrown) => this.#log.error('A clean-up failed after its deadline', { error: asError(thrown) }),
    })
  }
}
