import type { MediaInfo } from '@livepeer-node/sdk'

/** What a generated clip shall be like. */
export interface ClipOptions {
  readonly seconds: number
  /** Pixels, even. */
  readonly width: number
  readonly height: number
  /** Frames per second; as `[30000, 1001]` for a fraction. */
  readonly fps: number | readonly [num: number, den: number]
  /** B-frames between two others; default 0. */
  readonly bFrames?: number
  /** Key-frame distance, ms; default 2000. */
  readonly gopMs?: number
  /** Default true; false leaves only the tone. */
  readonly video?: boolean
  /** A 440 Hz tone in stereo AAC beside the picture; default true. */
  readonly audio?: boolean
  /** Default `mpegts`. */
  readonly format?: 'mpegts' | 'mp4' | 'fmp4' | 'flv'
  /**
   * PTS of the first frame, ms; default 0. With B-frames start at 100 or later: the container moves all times up
   * rather than writing a negative DTS.
   */
  readonly startPtsMs?: number
  /** Which of FFmpeg's pictures; default `testsrc2`. */
  readonly picture?: 'testsrc2' | 'mandelbrot'
  /** Bits per second of the video; default 500000. */
  readonly bitrate?: number
}

/** A packet's times in units of 1/90000 s. */
export interface InspectedPacket {
  readonly pts90k: number
  readonly dts90k: number
  readonly key: boolean
  readonly bytes: number
}

/** A decoded frame. */
export interface InspectedFrame {
  readonly pts90k: number
  /** Decoded from a key frame. */
  readonly key: boolean
  readonly width: number
  readonly height: number
}

/** What is really in some bytes: every packet read, every video frame decoded. */
export interface Inspection {
  readonly info: MediaInfo
  /** In decoding order for packets, in display order for frames. */
  readonly video: { readonly frames: readonly InspectedFrame[]; readonly packets: readonly InspectedPacket[] }
  readonly audio: { readonly packets: readonly InspectedPacket[] }
  /** Packets that could not be decoded. */
  readonly decodeErrors: number
}

/** How a file shall be cut. */
export interface SplitOptions {
  readonly path: string
  /** A segment ends at the first key frame from here on, ms. */
  readonly targetMs: number
  readonly maxSegments: number
}

export interface SplitSegment {
  /** MPEG-TS; MP4 where the codec is none of MPEG-TS's. */
  readonly bytes: Uint8Array
  readonly durationMs: number
}

/** A file in pieces. */
export interface SplitMedia {
  /** Of the whole file; `format` is that of the segments. */
  readonly info: MediaInfo
  readonly segments: readonly SplitSegment[]
}

export type ClipProtocol = {
  calls: {
    generate: { in: ClipOptions; out: Uint8Array }
    split: { in: SplitOptions; out: SplitMedia }
    inspect: { in: Uint8Array; out: Inspection }
  }
}
