import type { EncodedRendition, MediaInfo, TranscodeSpec } from '@livepeer-node/sdk'

/** libx264's presets, fastest first. */
export const X264_PRESETS = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
] as const

export type X264Preset = (typeof X264_PRESETS)[number]

/** Who decodes, scales and encodes. */
export type EncoderSettings =
  | {
      readonly kind: 'x264'
      /** Default `medium`, as the reference. */
      readonly preset?: X264Preset
      /** Of decoder, filters and encoder alike; 0 or unset: as many as there are cores. */
      readonly threads?: number
    }
  | {
      readonly kind: 'nvenc'
      /** CUDA index of the card that does all three. */
      readonly device: number
    }

export interface OpenRequest {
  readonly spec: TranscodeSpec
  readonly settings: EncoderSettings
}

export interface SegmentAnswer {
  readonly renditions: readonly EncodedRendition[]
  readonly decodedFrames: number
  readonly decodedPixels: number
  /** Packets that were damaged and skipped. */
  readonly decodeErrors: number
  readonly source: MediaInfo
  /** Of the worker, after this segment. */
  readonly rssBytes: number
}

export type TranscodeProtocol = {
  calls: {
    open: { in: OpenRequest; out: void }
    segment: { in: Uint8Array; out: SegmentAnswer }
    /** Does this card decode, scale and encode? Rejects with the reason. */
    testCard: { in: number; out: void }
    /** How many encoders does this card give at once? */
    countEncoders: { in: { device: number; atMost: number }; out: number }
  }
}
