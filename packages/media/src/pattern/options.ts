/** What the generated stream looks like. */
export interface PatternOptions {
  /** Pixels, even. */
  readonly width: number
  readonly height: number
  /** Frames per second. */
  readonly fps: number
  /** Bits per second of the video. */
  readonly bitrate: number
  /** Key-frame distance, ms. */
  readonly gopMs: number
}

export const PATTERN_DEFAULTS: PatternOptions = Object.freeze({
  width: 1280,
  height: 720,
  fps: 30,
  bitrate: 2_500_000,
  gopMs: 2000,
})
