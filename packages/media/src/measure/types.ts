import type { Clock, Ladder, SourceSegment, TranscodeSession, TranscodeSpec } from '@livepeer-node/sdk'

/** The share of real time that the field allows for transcoding; the rest is for the network. */
export const REAL_TIME_RATIO = 0.8

export interface CapacityInit {
  /** Opens one more session, as a real stream would. An error of kind `limit` means that no more are to be had. */
  readonly open: (spec: TranscodeSpec, signal: AbortSignal) => Promise<TranscodeSession>
  /** What each session transcodes, from the first on and over again. Each has a duration. At least one. */
  readonly segments: readonly SourceSegment[]
  readonly ladder: Ladder
  readonly clock: Clock
  /** Ends the measurement with its reason. */
  readonly signal: AbortSignal
  /** Most sessions to try, 1 or more. */
  readonly maxSessions: number
  /** A step with a higher ratio is too much; default 0.8. */
  readonly ratio?: number
  /** Segments that each session transcodes in a step of so many sessions, apart from one to warm up; default: all, once. */
  readonly rounds?: (sessions: number) => number
  /**
   * `exact` (default): ends when one session more is known to be too many. `quick`: follows the trend, ends where it leads
   * to no more than a tenth on top.
   */
  readonly precision?: 'exact' | 'quick'
  /** No step begins later than this after the first, ms; default: no limit. */
  readonly budgetMs?: number
  /** Measures this number of sessions alone. */
  readonly sessions?: number
  /** So many sessions are warm: what follows counts. */
  readonly onStepStart?: (sessions: number) => void
  readonly onSegment?: (segment: MeasuredSegment) => void
  readonly onStep?: (step: CapacityStep) => void
}

/** One segment of a step, as it is done. */
export interface MeasuredSegment {
  /** From 0. */
  readonly session: number
  /** From 0 in each session, the warm-up left out. */
  readonly segment: number
  readonly durationMs: number
  readonly elapsedMs: number
  /** Of the first rendition. */
  readonly frames: number
}

/** What so many sessions at once came to. */
export interface CapacityStep {
  readonly sessions: number
  /** Segments measured, all sessions together. */
  readonly segments: number
  /** Segments done within their duration. */
  readonly inTime: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  /**
   * Transcoding time by media time, as livepeer_bench's "Real-Time Duration Ratio"; with several backends that of the
   * slowest, as each stream must keep up.
   */
  readonly ratio: number
  /** Encoded pixels per ms, all sessions together. */
  readonly pixelsPerMs: number
  /** Sessions by backend. */
  readonly backends: Readonly<Record<string, number>>
}

export interface CapacityResult {
  /** Most sessions within the ratio; 1 where even that is too much (see `ratio`). */
  readonly sessions: number
  /** Of that many sessions. */
  readonly ratio: number
  readonly pixelsPerMs: number
  /** What ended the search: one more is too much, the backends take no more, `maxSessions`, or the time was up. */
  readonly limitedBy: 'speed' | 'backends' | 'maximum' | 'time'
  /** In the order in which they were measured. */
  readonly steps: readonly CapacityStep[]
}
