import type { Ladder } from './profile.ts'

/** A transcoder that is attached to an orchestrator, as who places work sees it. A snapshot: it does not change. */
export interface WorkerView {
  /** Unique among those that are attached; a transcoder that comes back has another. */
  readonly id: string
  /** Of its token, else what it calls itself, else its address. For logs and metrics. */
  readonly name: string
  /** `host:port` of its connection. */
  readonly address: string
  /** Sessions at once: what it declared, or less where its deliveries showed that it takes less. */
  readonly capacity: number
  /** Sessions that work with it now. */
  readonly sessions: number
  /** Segments that it has in hand now. */
  readonly jobs: number
  /** Encoded pixels per ms, measured over its latest segments; `undefined` before the first. */
  readonly pixelsPerMs: number | undefined
  /** When it would have the job done if it got it now, ms from now. */
  readonly predictedMs: number
  /** It has let a segment wait for too long, and has not delivered one in time since. */
  readonly late: boolean
}

/**
 * Why a segment needs a transcoder: the first of its session; its transcoder went away, is too late, failed or drains; a second
 * one at once beside a late one.
 */
export type DispatchReason = 'new' | 'lost' | 'late' | 'failed' | 'drain' | 'hedge'

/** A segment that looks for a transcoder. */
export interface DispatchJob {
  readonly sessionId: string
  readonly streamId: string
  readonly seq: number
  readonly durationMs: number
  readonly ladder: Ladder
  /** Pixels to encode: of all renditions, over the segment's duration. */
  readonly pixels: number
  readonly reason: DispatchReason
}

/** What became of one segment at one transcoder. */
export interface WorkerReport {
  /** `WorkerView.id`; `local` for the transcoder in the orchestrator's process, which is never chosen. */
  readonly workerId: string
  /** `WorkerView.name`, or `local`. */
  readonly worker: string
  readonly sessionId: string
  readonly streamId: string
  readonly seq: number
  readonly durationMs: number
  /** From sending to the answer, ms. */
  readonly elapsedMs: number
  /** Encoded pixels that were delivered; 0 where it failed. */
  readonly pixels: number
  /** Error code; absent: delivered and used. `LP_RESULT_UNUSED`: delivered after another one had. */
  readonly code?: string
}
