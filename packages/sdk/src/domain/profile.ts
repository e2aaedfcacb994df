/** The container of a segment. `fmp4` is a fragmented MP4 with its initialisation part inside. */
export type SegmentFormat = 'mpegts' | 'mp4' | 'fmp4'
export type VideoCodec = 'h264' | 'hevc' | 'vp8' | 'vp9'
export type H264Profile = 'default' | 'baseline' | 'main' | 'high' | 'constrained-high'

/** One rung of a ladder: what a rendition shall look like (media.md §5, wire.md §1.3 VideoProfile). */
export interface Profile {
  /** Unique in its ladder, URL-safe, not `source`, not ending in `live` (wire.md §6.3). */
  readonly name: string
  /** Pixels asked for; the real size follows the source's shape (media.md §5.3). */
  readonly width: number
  readonly height: number
  /** Bits per second; 0 = the encoder's own rate control. */
  readonly bitrate: number
  /** Frame-rate numerator; 0 = the source's frames, one by one. */
  readonly fps: number
  /** Frame-rate denominator; 0 = unset, counts as 1. A set 1 changes the wire form (wire.md §6.2). */
  readonly fpsDen: number
  /** Key-frame distance in ms; 0 = the encoder's default, -1 = every frame. */
  readonly gopMs: number
  readonly codec: VideoCodec
  readonly h264Profile: H264Profile
  readonly format: SegmentFormat
  /** CRF or CQ; 0 = off. */
  readonly quality: number
}

/** The renditions of a stream, in the order in which they are asked for, signed and returned. */
export type Ladder = readonly Profile[]

/** The name under which the publisher's own picture is listed. */
export const SOURCE_RENDITION = 'source'
