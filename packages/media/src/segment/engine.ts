import { systemClock, type Clock, type Logger, type PacketSink, type SegmentSink } from '@livepeer-node/sdk'
import { isWorkerDeath, workerEntry, WorkerProcess } from '../supervisor/worker-process.ts'
import type { CallInput, CallName, CallOutput } from '../supervisor/protocol.ts'
import { BatchPacker } from './packet-batch.ts'
import { SEGMENT_DEFAULTS, type SegmentOptions } from './options.ts'
import { SegmentStream, type WorkerAnswer, type WorkerPlace } from './stream.ts'
import type { SegmentProtocol } from './worker-protocol.ts'

export interface SegmentEngineOptions {
  readonly log: Logger
  readonly clock?: Clock
  /** Most streams of one worker process; default 200. */
  readonly streamsPerWorker?: number
}

const START_ATTEMPTS = 3

/** Cuts any number of streams into segments, in worker processes of many streams each. */
export class SegmentEngine {
  readonly #options: SegmentEngineOptions
  readonly #workers = new Set<SharedWorker>()
  readonly #streams = new Set<SegmentStream>()
  #lastStream = 0
  #closed = false

  constructor(options: SegmentEngineOptions) {
    this.#options = options
  }

  /** Starts a worker, so that the first stream need not wait. Rejects with `LP_WORKER_DIED` where none can start. */
  async prewarm(): Promise<void> {
    await this.#worker()
  }

  /**
   * Takes a stream's packets and hands its segments to `sink`, `seq` from 0 without a hole. `sink.failed` is called at most
   * once, with `LP_SEGMENT_…`, and nothing after it. A worker's death is not seen from outside.
   */
  open(streamId: string, sink: SegmentSink, options: Partial<SegmentOptions> = {}): PacketSink {
    if (this.#closed) throw new Error('The segment engine is closed.')
    const stream = new SegmentStream({
      streamId,
      sink,
      options: { ...SEGMENT_DEFAULTS, ...options },
      clock: this.#options.clock ?? systemClock,
      place: () => this.#place(++this.#lastStream),
    })
    this.#streams.add(stream)
    void stream.done.then(() => this.#streams.delete(stream))
    return stream
  }

  /** The worker processes, for status pages and for tests of their death. */
  get pids(): readonly number[] {
    return [...this.#workers].flatMap(({ process }) => (process.alive && process.pid ? [process.pid] : []))
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#streams.size
  }

  /** Drops all streams and ends all workers. Calling it twice is harmless. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#streams].map((stream) => stream.abort()))
    await Promise.all([...this.#workers].map(({ process }) => process.end()))
  }

  async #place(stream: number): Promise<WorkerPlace> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#worker()).place(stream)
      } catch (error) {
        if (attempt >= START_ATTEMPTS || this.#closed) throw error
      }
    }
  }

  async #worker(): Promise<SharedWorker> {
    const limit = this.#options.streamsPerWorker ?? 200
    let worker = [...this.#workers].find(({ process, streams }) => process.alive && streams < limit)
    if (!worker) {
      worker = this.#start()
      this.#workers.add(worker)
    }
    await worker.process.ready
    return worker
  }

  #start(): SharedWorker {
    const process = new WorkerProcess<SegmentProtocol>({
      entry: workerEntry('worker', import.meta.url),
      name: 'segment',
      log: this.#options.log,
      ...(this.#options.clock && { clock: this.#options.clock }),
    })
    const worker = new SharedWorker(process)
    void process.ended.then(() => this.#workers.delete(worker))
    return worker
  }
}

/** A worker and the streams in it. */
class SharedWorker {
  readonly process: WorkerProcess<SegmentProtocol>
  streams = 0
  readonly #packer = new BatchPacker()
  /** Whose call was the first that got no answer: most likely the one that killed it. */
  #suspect: number | undefined

  constructor(process: WorkerProcess<SegmentProtocol>) {
    this.process = process
  }

  place(stream: number): WorkerPlace {
    this.streams++
    return {
      open: (input) => this.#call(stream, 'open', { ...input, stream }),
      // The message is made from the batch before `call` returns, so the packer may be used again at once.
      feed: ({ packets, end }) => this.#call(stream, 'feed', { stream, batch: this.#packer.pack(packets), end }),
      leave: async () => {
        this.streams--
        if (this.process.alive) await this.#call(stream, 'close', { stream }).catch(() => {})
      },
    }
  }

  async #call<N extends CallName<SegmentProtocol>>(
    stream: number,
    name: N,
    input: CallInput<SegmentProtocol, N>,
  ): Promise<WorkerAnswer<CallOutput<SegmentProtocol, N>>> {
    try {
      return { answer: await this.process.call(name, input) }
    } catch (error) {
      if (!isWorkerDeath(error)) throw error
      this.#suspect ??= stream // calls are settled in the order in which they were made
      return { died: error, suspect: this.#suspect === stream }
    }
  }
}
