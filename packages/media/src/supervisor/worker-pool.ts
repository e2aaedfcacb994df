import { WorkerProcess, type WorkerOptions } from './worker-process.ts'
import { workersClosed } from './errors.ts'
import type { WorkerProtocol } from './protocol.ts'

/** Gives out workers and keeps one started ahead, so that a new session or a retry need not wait for a start. */
export class WorkerPool<P extends WorkerProtocol> {
  readonly #options: WorkerOptions
  readonly #workers = new Set<WorkerProcess<P>>()
  #spare: WorkerProcess<P> | undefined
  #closed = false

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** Starts the spare; resolves when it is ready. Rejects with `LP_WORKER_DIED` where workers cannot start here. */
  async prewarm(): Promise<void> {
    if (this.#closed) return
    if (!this.#spare?.alive) this.#spare = this.#start()
    await this.#spare.ready
  }

  /**
   * A worker that is ready, the taker's own from now on: it ends it. A new spare is started. Rejects with
   * `LP_WORKER_DIED` where none can start, `LP_WORKERS_CLOSED` after `close`.
   */
  async take(): Promise<WorkerProcess<P>> {
    const spare = this.#spare
    this.#spare = undefined
    const usable = (await spare?.answers()) ?? false
    if (this.#closed) throw workersClosed(this.#options.name)
    const worker = usable && spare ? spare : this.#start()
    await worker.ready
    if (!this.#closed && !this.#spare) this.#spare = this.#start()
    return worker
  }

  /** Ends all workers, the ones given out too. Calling it twice is harmless. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#workers].map((worker) => worker.end()))
  }

  #start(): WorkerProcess<P> {
    const worker = new WorkerProcess<P>(this.#options)
    this.#workers.add(worker)
    void worker.ended.then(() => this.#workers.delete(worker))
    return worker
  }
}
