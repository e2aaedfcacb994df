/** Side of a portrait, pixels. */
export const PORTRAIT_SIDE = 16

/** What a segment holds, read without decoding more than its first picture. */
export interface Examination {
  /** FFmpeg's short name; empty: there is no video. */
  readonly codec: string
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Pictures, as packets of the video tell. */
  readonly frames: number
  /** PTS of the earliest picture, ms; `undefined` where no packet has a time. */
  readonly startMs: number | undefined
  /** From the earliest PTS of the video to the latest, ms. */
  readonly spanMs: number
  /** The first picture that can be decoded, as 16 × 16 shades of grey (0 to 255), row by row; `undefined`: none can. */
  readonly portrait: Uint8Array | undefined
}
