import { constants } from 'node:os'
import type { Clock } from '@livepeer-node/sdk'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
export type StopSignal = (typeof SIGNALS)[number]

/** One Ctrl-C arrives twice under npm: from the terminal, and passed on by npm. */
const ECHO_MS = 500

export interface StopSignalsInit {
  readonly clock: Clock
  /** Told to stop a second time: leave at once with this exit code. */
  onSecond(exitCode: number): void
}

/** The operator's wish to stop: the first signal asks, the second one insists. */
export class StopSignals implements Disposable {
  /** Resolves with the first signal. */
  readonly first: Promise<StopSignal>
  readonly #init: StopSignalsInit
  readonly #resolve: (signal: StopSignal) => void
  #firstAt: number | undefined

  constructor(init: StopSignalsInit) {
    const { promise, resolve } = Promise.withResolvers<StopSignal>()
    this.first = promise
    this.#resolve = resolve
    this.#init = init
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  readonly #onSignal = (signal: StopSignal): void => {
    const now = this.#init.clock.monotonic()
    if (this.#firstAt === undefined) {
      this.#firstAt = now
      this.#resolve(signal)
    } else if (now - this.#firstAt > ECHO_MS) {
      this.#init.onSecond(128 + constants.signals[signal])
    }
  };

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
  }
}
