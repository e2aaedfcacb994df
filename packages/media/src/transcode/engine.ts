import { type Clock, type Logger, systemClock, type TranscodeSpec } from '@livepeer-node/sdk'
import { WorkerPool } from '../supervisor/worker-pool.ts'
import { workerEntry, type WorkerProcess } from '../supervisor/worker-process.ts'
import { EngineSession } from './engine-session.ts'
import { checkLadder } from './ladder.ts'
import type { EncoderSettings, TranscodeProtocol } from './types.ts'

const TEST_LIMIT_MS = 20_000
const MIN_DEADLINE_MS = 8000
const DEADLINE_PER_MS = 4

export interface TranscodeEngineOptions {
  readonly log: Logger
  readonly clock?: Clock
  /** Longest time for one segment, both attempts together, ms; default max(8 s, 4 × its duration) (media.md §6.14). */
  readonly deadlineMs?: (segmentMs: number) => number
  /** Longest silence of a worker, ms; default 4000. */
  readonly silenceMs?: number
}

/** Transcodes in worker processes, one per session, with one started ahead. */
export class TranscodeEngine {
  readonly #options: TranscodeEngineOptions
  readonly #pool: WorkerPool<TranscodeProtocol>

  constructor(options: TranscodeEngineOptions) {
    this.#options = options
    this.#pool = new WorkerPool({
      entry: workerEntry('worker', import.meta.url),
      name: 'transcode',
      log: options.log,
      ...(options.clock && { clock: options.clock }),
      ...(options.silenceMs && { silenceMs: options.silenceMs }),
    })
  }

  /** Starts the worker that the first session will take. Rejects with `LP_WORKER_DIED` where none can start. */
  prewarm(): Promise<void> {
    return this.#pool.prewarm()
  }

  /**
   * Opens a session. Rejects with `LP_LADDER_EMPTY`, `LP_TOO_MANY_OUTPUTS`, `LP_ENCODER_MISSING`; for a card also with
   * `LP_CUDA_UNAVAILABLE` and `LP_ENCODER_OPEN`, whose `cause` holds FFmpeg's log lines.
   */
  async open(spec: TranscodeSpec, settings: EncoderSettings, signal?: AbortSignal): Promise<EngineSession> {
    checkLadder(spec.ladder)
    const { log, clock = systemClock, deadlineMs = defaultDeadline } = this.#options
    const session = new EngineSession({ spec, settings, pool: this.#pool, log, clock, deadlineMs })
    await session.start(signal)
    return session
  }

  /** Decodes, scales and encodes a small clip on a card. Rejects with the reason, FFmpeg's log lines as its `cause`. */
  async testCard(device: number): Promise<void> {
    await this.#once((worker) => worker.call('testCard', device, { deadlineMs: TEST_LIMIT_MS }))
  }

  /**
   * How many encoders a card gives now, up to `atMost`: the driver of consumer cards limits them, for all cards of the
   * machine together. 0 where the card does not answer.
   */
  async countEncoders(device: number, atMost: number): Promise<number> {
    return await this.#once((worker) => worker.call('countEncoders', { device, atMost }, { deadlineMs: TEST_LIMIT_MS }))
  }

  async #once<T>(ask: (worker: WorkerProcess<TranscodeProtocol>) => Promise<T>): Promise<T> {
    const worker = await this.#pool.take()
    try {
      return await ask(worker)
    } finally {
      await worker.end()
    }
  }

  /** Ends all sessions and workers. Calling it twice is harmless. */
  close(): Promise<void> {
    return this.#pool.close()
  }
}

function defaultDeadline(segmentMs: number): number {
  return Math.max(MIN_DEADLINE_MS, DEADLINE_PER_MS * segmentMs)
}
