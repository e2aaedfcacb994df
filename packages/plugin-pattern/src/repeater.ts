import { toLivepeerError, type Clock, type Logger } from '@livepeer-node/sdk'

/** A stream that is being published. */
export interface LiveStream {
  /** Resolves when it was stopped; rejects when it failed. */
  done(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
}

export interface RepeaterParts {
  readonly start: () => LiveStream
  readonly clock: Clock
  readonly log: Logger
}

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** A stream that lived so long had a good start: the pauses begin anew. */
const GOOD_RUN_MS = 10_000

/** Keeps a stream alive: starts it again, after growing pauses, whenever it fails. */
export class Repeater {
  readonly #parts: RepeaterParts
  readonly #stop = new AbortController()
  #live: LiveStream | undefined
  #running: Promise<void> | undefined

  constructor(parts: RepeaterParts) {
    this.#parts = parts
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Ends the stream in order; it is not started again. Calling it twice is harmless. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#live?.stop()
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, log, start } = this.#parts
    let pause = FIRST_PAUSE_MS
    while (!this.#stop.signal.aborted) {
      const began = clock.monotonic()
      this.#live = start()
      try {
        await this.#live.done()
      } catch (thrown) {
        const { code, message, remedy } = toLivepeerError(thrown)
        if (clock.monotonic() - began >= GOOD_RUN_MS) pause = FIRST_PAUSE_MS
        log.warn('The test pattern stopped and starts again', { code, why: message, remedy, inMs: pause })
      }
      await clock.sleep(pause, this.#stop.signal).catch(() => {}) // stopped: the loop ends
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
    }
  }
}
