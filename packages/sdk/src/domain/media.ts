import type { SegmentFormat } from './profile.ts'

export interface Rational {
  readonly num: number
  readonly den: number
}

export interface VideoInfo {
  /** FFmpeg's short name: `h264`, `hevc`, … */
  readonly codec: string
  /** RFC 6381 form for CODECS, as `avc1.64001f`; empty where it could not be told. */
  readonly codecString: string
  /** Pixels of the decoded picture. */
  readonly width: number
  readonly height: number
  readonly fps: Rational
  /** FFmpeg's name, as `yuv420p`; empty where unknown. */
  readonly pixelFormat: string
}

export interface AudioInfo {
  readonly codec: string
  /** RFC 6381 form, as `mp4a.40.2`. */
  readonly codecString: string
  readonly sampleRate: number
  readonly channels: number
}

/** What a segment holds, as read from its bytes. */
export interface MediaInfo {
  readonly format: SegmentFormat
  readonly durationMs: number
  readonly video: VideoInfo | undefined
  readonly audio: AudioInfo | undefined
}

/** Decoded for real: every frame counted. */
export interface Measurement {
  readonly frames: number
  /** Sum over frames of width × height: what is billed (wire.md §7.3). */
  readonly pixels: number
}

/** Reads media outside the node's event loop. */
export interface Prober {
  /** Rejects with `LP_MEDIA_INVALID` for bytes that are no media. */
  probe(bytes: Uint8Array): Promise<MediaInfo>
  /** Decodes the video and counts; costs a decode. */
  measure(bytes: Uint8Array): Promise<Measurement>
}
