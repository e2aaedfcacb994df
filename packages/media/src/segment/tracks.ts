import type { AudioInfo, MediaInfo, VideoInfo } from '@livepeer-node/sdk'
import { avcCodecString, type AacConfig } from './codec-config.ts'
import { badHeader } from './errors.ts'

/** What a stream's segments hold, the same from one header to the next. */
export interface Tracks {
  readonly video: VideoInfo
  readonly audio: AudioInfo | undefined
}

/** The headers under which a segment was written. */
export interface TrackHeaders {
  readonly video: Uint8Array
  readonly audio: (AacConfig & { readonly config: Uint8Array }) | undefined
}

/**
 * Puts together what the first segment shows (size, frame rate) and what the headers say (codec names).
 * Throws `LP_SEGMENT_HEADER` where there is no picture in it.
 */
export function describeTracks(seen: MediaInfo, headers: TrackHeaders, framesPerMs: number): Tracks {
  if (!seen.video) throw badHeader('video', 'no picture can be decoded with it')
  const { fps } = seen.video
  return {
    video: {
      ...seen.video,
      codecString: avcCodecString(headers.video),
      fps: fps.num > 0 && fps.den > 0 ? fps : { num: Math.round(framesPerMs * 1_000_000), den: 1000 },
    },
    audio: headers.audio && {
      codec: 'aac',
      codecString: headers.audio.codecString,
      sampleRate: headers.audio.sampleRate,
      channels: headers.audio.channels,
    },
  }
}
