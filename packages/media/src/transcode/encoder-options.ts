import type { H264Profile, Profile } from '@livepeer-node/sdk'
import type { EncoderSettings, X264Preset } from './types.ts'

type Options = Record<string, string>

const MAX_CRF = 63
const MAX_CQ = 51
/** NVENC's scale of quality against x264's. */
const CQ_OVER_CRF = 7

const PROFILE_NAMES: Readonly<Record<H264Profile, string | undefined>> = {
  default: undefined,
  baseline: 'baseline',
  main: 'main',
  high: 'high',
  'constrained-high': 'high',
}

/** The options by which a rendition is encoded (media.md §6.2, §6.4). */
export function encoderOptions(profile: Profile, settings: EncoderSettings): Options {
  return settings.kind === 'x264' ? x264Options(profile, settings) : nvencOptions(profile)
}

function x264Options(profile: Profile, settings: { preset?: X264Preset; threads?: number }): Options {
  const plain = profile.h264Profile === 'baseline' || profile.h264Profile === 'constrained-high'
  return {
    preset: settings.preset ?? 'medium',
    ...(settings.threads && { threads: String(settings.threads) }),
    ...common(profile),
    bf: plain ? '0' : '3',
    ...(profile.quality > 0 && profile.quality <= MAX_CRF && { crf: String(profile.quality) }),
  }
}

function nvencOptions(profile: Profile): Options {
  const reordered = (profile.h264Profile === 'main' || profile.h264Profile === 'high') && profile.fps > 0
  const quality = profile.quality + CQ_OVER_CRF
  return {
    preset: 'medium',
    ...common(profile),
    bf: reordered ? '3' : '0',
    ...(profile.quality > 0 && quality <= MAX_CQ && { cq: String(quality) }),
  }
}

function common(profile: Profile): Options {
  const name = PROFILE_NAMES[profile.h264Profile]
  const rate = String(profile.bitrate)
  const distance = keyFrameDistance(profile)
  return {
    'forced-idr': '1',
    ...(name && { profile: name }),
    // Average, bounds and a buffer of one second are all the same.
    ...(profile.bitrate > 0 && { b: rate, minrate: rate, maxrate: rate, bufsize: rate }),
    ...(distance !== undefined && { g: String(distance) }),
  }
}

/**
 * Frames from one key frame to the next, where the encoder can count them. The reference leaves out the denominator, so
 * that 30000/1001 with 2 s means 60000 frames; we count what the user meant, 60 (media.md §6.4, §11.23).
 */
export function keyFrameDistance({ gopMs, fps, fpsDen }: Profile): number | undefined {
  if (gopMs < 0) return 0
  if (gopMs === 0 || fps === 0) return undefined
  return Math.max(1, Math.round((gopMs * fps) / (1000 * (fpsDen || 1))))
}
