import type { Clock, Logger, MediaInfo, Measurement, Prober } from '@livepeer-node/sdk'
import type { CallInput, CallName, CallOutput } from '../supervisor/protocol.ts'
import { isWorkerDeath, workerEntry, WorkerProcess } from '../supervisor/worker-process.ts'
import type { Examination } from './examination.ts'
import type { ProbeProtocol } from './worker-protocol.ts'

export interface ProbeEngineOptions {
  readonly log: Logger
  readonly clock?: Clock
}

/** A minute of decoding: past any segment that is worth measuring. */
const DEADLINE_MS = 60_000

/** Reads media in a process of its own, which is kept for the next questions. */
export class ProbeEngine implements Prober {
  readonly #options: ProbeEngineOptions
  #worker: WorkerProcess<ProbeProtocol> | undefined
  #closed = false

  constructor(options: ProbeEngineOptions) {
    this.#options = options
  }

  /** Starts the process, so that the first question need not wait. Rejects with `LP_WORKER_DIED` where none can start. */
  async prewarm(): Promise<void> {
    await this.#live().ready
  }

  /** Rejects with `LP_MEDIA_INVALID` for bytes that are no media. */
  probe(bytes: Uint8Array): Promise<MediaInfo> {
    return this.#ask('probe', bytes)
  }

  /** Rejects with `LP_MEDIA_INVALID` for bytes that are no media; media without video measures 0. */
  measure(bytes: Uint8Array): Promise<Measurement> {
    return this.#ask('measure', bytes)
  }

  /** Much cheaper than `measure`: reads all, decodes one picture. Rejects with `LP_MEDIA_INVALID` for bytes that are no media. */
  examine(bytes: Uint8Array): Promise<Examination> {
    return this.#ask('examine', bytes)
  }

  /** The worker process, for tests of its death. */
  get pid(): number | undefined {
    return this.#worker?.alive ? this.#worker.pid : undefined
  }

  /** Ends the worker; what is under way is rejected. Calling it twice is harmless. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.end()
  }

  async #ask<N extends CallName<ProbeProtocol>>(
    name: N,
    input: CallInput<ProbeProtocol, N>,
  ): Promise<CallOutput<ProbeProtocol, N>> {
    try {
      return await this.#live().call(name, input, { deadlineMs: DEADLINE_MS })
    } catch (error) {
      // Killed from outside, or by another question: asked once more. Twice means that these bytes did it.
      if (!isWorkerDeath(error) || this.#closed) throw error
      return this.#live().call(name, input, { deadlineMs: DEADLINE_MS })
    }
  }

  #live(): WorkerProcess<ProbeProtocol> {
    if (this.#worker?.alive) return this.#worker
    if (this.#closed) throw new Error('The probe engine is closed.')
    this.#worker = new WorkerProcess<ProbeProtocol>({
      entry: workerEntry('worker', import.meta.url),
      name: 'probe',
      log: this.#options.log,
      ...(this.#options.clock && { clock: this.#options.clock }),
    })
    return this.#worker
  }
}
