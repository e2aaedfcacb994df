import { create } from '@bufbuild/protobuf'
import type { H264Profile, Ladder, Profile, VideoCodec } from '@livepeer-node/sdk'
import { profileTextInvalid, profileUnrecognized } from './errors.ts'
import {
  type SegData,
  type VideoProfile,
  VideoProfile_Format as Format,
  VideoProfile_Profile as EncoderProfile,
  VideoProfile_VideoCodec as Codec,
  VideoProfileSchema,
} from './gen/net/lp_rpc_pb.ts'

const CODECS = [
  ['h264', Codec.H264],
  ['hevc', Codec.H265],
  ['vp8', Codec.VP8],
  ['vp9', Codec.VP9],
] as const satisfies readonly (readonly [VideoCodec, Codec])[]

const H264_PROFILES = [
  ['default', EncoderProfile.ENCODER_DEFAULT],
  ['baseline', EncoderProfile.H264_BASELINE],
  ['main', EncoderProfile.H264_MAIN],
  ['high', EncoderProfile.H264_HIGH],
  ['constrained-high', EncoderProfile.H264_CONSTRAINED_HIGH],
] as const satisfies readonly (readonly [H264Profile, EncoderProfile])[]

/** The three lists of `SegData`, of which one is filled. */
export type ProfileLists = Pick<SegData, 'fullProfiles' | 'fullProfiles2' | 'fullProfiles3'>

/**
 * A ladder in the list where its readers look for it (wire.md §6.2): a set frame-rate denominator, encoder profile or
 * GOP anywhere → 35, else any MP4 → 34, else 33.
 */
export function writeProfiles(ladder: Ladder): ProfileLists {
  const profiles = ladder.map(toVideoProfile)
  const lists: ProfileLists = { fullProfiles: [], fullProfiles2: [], fullProfiles3: [] }
  if (!ladder.every(isSimple)) return { ...lists, fullProfiles3: profiles }
  if (ladder.some((profile) => profile.format !== 'mpegts')) return { ...lists, fullProfiles2: profiles }
  return { ...lists, fullProfiles: profiles }
}

/** The ladder of a segment: list 35, else 34, else 33, else none. @throws `LP_PROFILE_UNRECOGNIZED`. */
export function readProfiles(lists: ProfileLists): Profile[] {
  const filled = [lists.fullProfiles3, lists.fullProfiles2, lists.fullProfiles].find((list) => list.length > 0)
  return (filled ?? []).map(fromVideoProfile)
}

/** A profile as it is sent. The wire knows one MP4: a fragmented one is asked for as MP4. */
export function toVideoProfile(profile: Profile): VideoProfile {
  return create(VideoProfileSchema, {
    name: profile.name || `ffmpeg_${profile.width}x${profile.height}_${profile.bitrate}`,
    width: profile.width,
    height: profile.height,
    bitrate: profile.bitrate,
    fps: profile.fps,
    fpsDen: profile.fpsDen,
    gop: profile.gopMs,
    quality: profile.quality,
    format: profile.format === 'mpegts' ? Format.MPEGTS : Format.MP4,
    encoder: CODECS.find(([name]) => name === profile.codec)?.[1] ?? Codec.H264,
    profile: H264_PROFILES.find(([name]) => name === profile.h264Profile)?.[1] ?? EncoderProfile.ENCODER_DEFAULT,
  })
}

/** A profile as it came. Colour depth and chroma are not read, as in the reference. @throws `LP_PROFILE_UNRECOGNIZED`. */
export function fromVideoProfile(sent: VideoProfile): Profile {
  const codec = CODECS.find(([, number]) => number === sent.encoder)?.[0]
  const h264Profile = H264_PROFILES.find(([, number]) => number === sent.profile)?.[0]
  if (sent.format !== Format.MPEGTS && sent.format !== Format.MP4) {
    throw profileUnrecognized('unrecognized profile output format', sent.format)
  }
  if (!h264Profile) throw profileUnrecognized('unrecognized encoder profile', sent.profile)
  if (!codec) throw profileUnrecognized('unrecognized video codec', sent.encoder)
  return {
    name: sent.name || `net_${sent.width}x${sent.height}_${sent.bitrate}`,
    width: sent.width,
    height: sent.height,
    bitrate: sent.bitrate,
    fps: sent.fps,
    fpsDen: sent.fpsDen,
    gopMs: sent.gop,
    codec,
    h264Profile,
    format: sent.format === Format.MP4 ? 'mp4' : 'mpegts',
    quality: sent.quality,
  }
}

/** Bits per second from `432k`, `432000` or a number: the first `k` stands for three zeros. @throws `LP_PROFILE_INVALID`. */
export function parseBitrate(text: string | number): number {
  const digits = String(text).replace('k', '000')
  if (!/^\d+$/.test(digits)) throw profileTextInvalid('bitrate', String(text), 'bits per second, 400k or 400000')
  return Number(digits)
}

/** Width and height in pixels from `640x360`. @throws `LP_PROFILE_INVALID`. */
export function parseResolution(text: string): { width: number; height: number } {
  const match = /^(\d+)x(\d+)$/.exec(text)
  if (!match) throw profileTextInvalid('size', text, 'width x height in pixels, 640x360')
  return { width: Number(match[1]), height: Number(match[2]) }
}

function isSimple(profile: Profile): boolean {
  return profile.fpsDen === 0 && profile.h264Profile === 'default' && profile.gopMs === 0
}
