import { systemClock, type Clock, type Logger } from '@livepeer-node/sdk'
import { workerEntry, WorkerProcess } from '../supervisor/worker-process.ts'
import { PATTERN_DEFAULTS, type PatternOptions } from './options.ts'
import type { PatternProtocol } from './worker-protocol.ts'

export interface PatternPublisherParts {
  readonly log: Logger
  readonly clock?: Clock
}

/** Longest wait for a stream to end in order, ms. */
const STOP_LIMIT_MS = 5000

/**
 * Publishes a generated stream to an RTMP address, in real time, from a process of its own. One stream per object.
 */
export class PatternPublisher {
  readonly #worker: WorkerProcess<PatternProtocol>
  readonly #published: Promise<undefined>
  readonly #clock: Clock
  #ended = false

  /** Starts at once. `url` as `rtmp://host:port/live/name`. */
  constructor(url: string, options: Partial<PatternOptions>, parts: PatternPublisherParts) {
    this.#clock = parts.clock ?? systemClock
    this.#worker = new WorkerProcess<PatternProtocol>({
      entry: workerEntry('worker', import.meta.url),
      name: 'pattern',
      log: parts.log,
      clock: this.#clock,
    })
    this.#published = this.#worker.call('publish', { url, options: { ...PATTERN_DEFAULTS, ...options } })
    this.#published.catch(() => {}) // told by `done`
  }

  /** The worker process, for tests of its death. */
  get pid(): number | undefined {
    return this.#worker.alive ? this.#worker.pid : undefined
  }

  /**
   * Resolves when the stream was stopped; rejects with `LP_PUSH_FAILED` when nobody takes it, and with `LP_WORKER_DIED`.
   * Nothing runs any more afterwards.
   */
  async done(): Promise<void> {
    try {
      await this.#published
    } catch (error) {
      if (!this.#ended) throw error
    } finally {
      await this.#worker.end()
    }
  }

  /** Ends the stream in order. Calling it twice is harmless. */
  async stop(): Promise<void> {
    this.#ended = true
    const ended = Promise.allSettled([this.#worker.call('stop', undefined), this.#published])
    await Promise.race([ended, this.#clock.sleep(STOP_LIMIT_MS)])
    await this.#worker.end() // at once where the network still holds it
  }
}
