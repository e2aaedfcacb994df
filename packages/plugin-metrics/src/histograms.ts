import type { SegmentReport, WorkerReport } from '@livepeer-node/sdk'
import { Histogram, type Registry } from 'prom-client'

const SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10]
const SEGMENT_SECONDS = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 20]
/** 1 is as fast as the stream. */
const TIMES_REAL_TIME = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10, 15, 20, 40]

/** How long segments take: what no single number can tell. Names as go-livepeer's (operator.md §3). */
export class Histograms {
  readonly #transcodeTime
  readonly #transcodeScore
  readonly #latency
  readonly #sourceDuration

  constructor(registry: Registry) {
    const make = (name: string, help: string, buckets: number[]) =>
      new Histogram({ name: `livepeer_${name}`, help, buckets, registers: [registry] })
    this.#transcodeTime = make(
      'transcode_time_seconds',
      'From sending a segment to a transcoder to its result',
      SECONDS,
    )
    this.#transcodeScore = make('transcode_score', 'Duration of a segment by its transcode time', TIMES_REAL_TIME)
    this.#latency = make(
      'transcode_overall_latency_seconds',
      'From a source segment to the publication of all its renditions',
      SECONDS,
    )
    this.#sourceDuration = make('source_segment_duration_seconds', 'Duration of source segments', SEGMENT_SECONDS)
  }

  /** Of an orchestrator: only what was delivered and used tells how fast transcoders are. */
  worker({ elapsedMs, durationMs, code }: WorkerReport): void {
    if (code !== undefined) return
    this.#transcodeTime.observe(elapsedMs / 1000)
    if (elapsedMs > 0) this.#transcodeScore.observe(durationMs / elapsedMs)
  }

  /** Of a broadcaster: a segment with a hole in it is no transcoded one. */
  segment({ durationMs, latencyMs, missing }: SegmentReport): void {
    this.#sourceDuration.observe(durationMs / 1000)
    if (missing.length === 0) this.#latency.observe(latencyMs / 1000)
  }
}
