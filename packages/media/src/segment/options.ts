/** How a stream is cut. */
export interface SegmentOptions {
  /** Segment length aimed at, ms; default 2000. Cuts are at key frames only. */
  readonly targetMs: number
  /** Longest time of media without a key frame, or without video, ms; default 10000. */
  readonly keyframeLimitMs: number
  /** Most bytes of packets in one segment; default 32 MiB. */
  readonly maxSegmentBytes: number
}

/** The reference's 2 s (media.md §3), and room for 10 s at 25 Mbit/s. */
export const SEGMENT_DEFAULTS: SegmentOptions = Object.freeze({
  targetMs: 2000,
  keyframeLimitMs: 10_000,
  maxSegmentBytes: 32 * 1024 * 1024,
})
