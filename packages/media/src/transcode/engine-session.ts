import {
  type Clock,
  LivepeerError,
  type Logger,
  type SourceSegment,
  type TranscodeResult,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import type { WorkerPool } from '../supervisor/worker-pool.ts'
import { isWorkerDeath, type WorkerProcess } from '../supervisor/worker-process.ts'
import { RecycleRule } from './recycle.ts'
import type { EncoderSettings, SegmentAnswer, TranscodeProtocol } from './types.ts'

const OPEN_LIMIT_MS = 20_000

export interface EngineSessionInit {
  readonly spec: TranscodeSpec
  readonly settings: EncoderSettings
  readonly pool: WorkerPool<TranscodeProtocol>
  readonly log: Logger
  readonly clock: Clock
  readonly deadlineMs: (segmentMs: number) => number
}

/** A session and its worker. A lost worker is replaced and its segment tried once more. */
export class EngineSession {
  readonly #init: EngineSessionInit
  readonly #log: Logger
  #worker: WorkerProcess<TranscodeProtocol> | undefined
  #recycle = new RecycleRule()
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(init: EngineSessionInit) {
    this.#init = init
    this.#log = init.log.child({ sessionId: init.spec.sessionId })
  }

  /** Takes a worker and opens the session in it; rejects with the worker's error. A lost worker is replaced once. */
  async start(signal?: AbortSignal): Promise<void> {
    const limits = { deadlineMs: OPEN_LIMIT_MS, ...(signal && { signal }) }
    try {
      await this.#ready(limits)
    } catch (error) {
      if (!isWorkerDeath(error)) throw error
      await this.#ready(limits)
    }
  }

  /** The worker's process id while there is one: for status pages and fault tests. */
  get workerPid(): number | undefined {
    return this.#worker?.pid
  }

  /**
   * Transcodes one segment; calls queue up. Rejects with what the input did wrong, `LP_WORKER_DIED` when two workers were
   * lost over it, `LP_WORKER_DEADLINE`, `LP_SESSION_CLOSED`, or the signal's reason. The session stays usable.
   */
  transcode(segment: SourceSegment, signal: AbortSignal): Promise<TranscodeResult> {
    const result = this.#queue.then(() => this.#transcode(segment, signal))
    this.#queue = result.catch(() => {}) // told to the caller
    return result
  }

  /** Ends the worker, at once where it is busy. Calling it twice is harmless. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.end()
    await this.#queue
  }

  async #transcode(segment: SourceSegment, signal: AbortSignal): Promise<TranscodeResult> {
    const limit = this.#init.deadlineMs(segment.durationMs)
    const end = this.#init.clock.monotonic() + limit
    const left = (): number => Math.max(1, end - this.#init.clock.monotonic())
    try {
      return await this.#attempt(segment, { deadlineMs: left(), signal })
    } catch (error) {
      if (this.#closed) throw closed()
      if (!isWorkerDeath(error)) throw error
      this.#log.warn('The segment is tried again in a fresh worker.', { seq: segment.seq, code: error.code })
      return await this.#attempt(segment, { deadlineMs: left(), signal })
    }
  }

  async #attempt(segment: SourceSegment, limits: Limits): Promise<TranscodeResult> {
    if (this.#closed) throw closed()
    const worker = await this.#ready(limits)
    const answer = await worker.call('segment', segment.bytes, limits)
    this.#after(segment, answer, worker)
    const { renditions, decodedFrames, decodedPixels, source } = answer
    return { renditions, decodedFrames, decodedPixels, source }
  }

  /** The session's worker, with the session open in it. */
  async #ready(limits: Limits): Promise<WorkerProcess<TranscodeProtocol>> {
    if (this.#worker?.alive) return this.#worker
    limits.signal?.throwIfAborted()
    const { pool, spec, settings } = this.#init
    const worker = await pool.take()
    this.#worker = worker
    try {
      await worker.call('open', { spec, settings }, limits)
      if (this.#closed) throw closed()
    } catch (error) {
      this.#worker = undefined
      await worker.end()
      throw error
    }
    return worker
  }

  /** Between two segments is the moment to change workers; the next one waits in the pool. */
  #after(segment: SourceSegment, answer: SegmentAnswer, worker: WorkerProcess<TranscodeProtocol>): void {
    if (answer.decodeErrors > 0) {
      this.#log.warn('Damaged packets were skipped.', { seq: segment.seq, packets: answer.decodeErrors })
    }
    const why = this.#recycle.due(answer.rssBytes)
    if (!why) return
    this.#log.info('The session goes on in a fresh worker.', { why, pid: worker.pid })
    this.#worker = undefined
    this.#recycle = new RecycleRule()
    void worker.end()
  }
}

interface Limits {
  readonly deadlineMs: number
  readonly signal?: AbortSignal
}

function closed(): LivepeerError {
  return new LivepeerError({
    code: 'LP_SESSION_CLOSED',
    kind: 'limit',
    message: 'The transcode session is closed.',
    remedy: 'Open a new session.',
    wireText: 'TranscoderStopped',
  })
}
