import type { H264Profile, Ladder, SegmentFormat, VideoCodec } from '@livepeer-node/sdk'
import { capabilityUnsupported } from '../errors.ts'
import { capabilityBits } from './bits.ts'
import { Capability } from './numbers.ts'

const C = Capability

/** What of a stream decides which capabilities it needs (wire.md §5.4). */
export interface JobNeeds {
  /** The publisher's video; FFmpeg's names. An unknown codec counts as H.264, an empty pixel format asks for nothing. */
  readonly input: { readonly codec: string; readonly pixelFormat: string }
  readonly ladder: Ladder
  /** The stream's renditions will be compared by MPEG-7 signatures. */
  readonly verification?: boolean
  /** Clip bounds are sent along; the reference's HTTP push always sends them, its RTMP input never. */
  readonly segmentParameters?: boolean
  /** Where results shall be stored, when not with the orchestrator. */
  readonly storage?: 's3' | 'gcs'
}

const DECODE: Readonly<Record<string, number>> = { hevc: C.HEVC_Decode, vp8: C.VP8_Decode, vp9: C.VP9_Decode }
const ENCODE: Readonly<Record<VideoCodec, number>> = {
  h264: C.H264,
  hevc: C.HEVC_Encode,
  vp8: C.VP8_Encode,
  vp9: C.VP9_Encode,
}
const FORMAT: Readonly<Record<SegmentFormat, number>> = { mpegts: C.MPEGTS, mp4: C.MP4, fmp4: C.MP4 }
const NOTHING = -1
const H264_PROFILE: Readonly<Record<H264Profile, number>> = {
  default: NOTHING,
  baseline: C.ProfileH264Baseline,
  main: C.ProfileH264Main,
  high: C.ProfileH264High,
  'constrained-high': C.ProfileH264ConstrainedHigh,
}
const STORAGE: Readonly<Record<'s3' | 'gcs', number>> = { s3: C.StorageS3, gcs: C.StorageGCS }
const H264_PIXELS: Readonly<Record<string, number>> = {
  '420-8': NOTHING,
  '422-8': C.H264_Decode_422_8bit,
  '444-8': C.H264_Decode_444_8bit,
  '420-10': C.H264_Decode_420_10bit,
  '422-10': C.H264_Decode_422_10bit,
  '444-10': C.H264_Decode_444_10bit,
}
const SEMI_PLANAR: Readonly<Record<string, string>> = {
  nv12: '420-8',
  nv21: '420-8',
  nv16: '422-8',
  nv24: '444-8',
  yuyv422: '422-8',
  yvyu422: '422-8',
  uyvy422: '422-8',
  p010: '420-10',
  p210: '422-10',
  p410: '444-10',
  nv20: '422-10',
}

/**
 * The capabilities that a stream needs, bit c = capability c. Made once per stream.
 * @throws `LP_CAPABILITY_UNSUPPORTED` for what no capability names (12-bit H.264, a codec or format from nowhere).
 */
export function jobCapabilities(needs: JobNeeds): bigint {
  const decode = DECODE[needs.input.codec] ?? C.H264
  const outputs = needs.ladder.flatMap((profile) => [
    known(FORMAT, profile.format, 'format'),
    known(ENCODE, profile.codec, 'codec'),
    known(H264_PROFILE, profile.h264Profile, 'profile'),
    profile.fpsDen > 0 ? C.FractionalFramerates : NOTHING,
    profile.gopMs !== 0 ? C.GOP : NOTHING,
  ])
  return capabilityBits([
    C.AuthToken,
    needs.verification ? C.MPEG7VideoSignature : NOTHING,
    needs.segmentParameters ? C.SegmentSlicing : NOTHING,
    decode,
    decode === C.H264 ? pixelCapability(needs.input.pixelFormat) : NOTHING,
    ...outputs,
    needs.storage === undefined ? NOTHING : known(STORAGE, needs.storage, 'storage'),
  ])
}

function known<K extends string>(table: Readonly<Record<K, number>>, key: K, what: string): number {
  // Ladders come from configs and webhooks too, where no compiler has looked.
  if (!Object.hasOwn(table, key)) throw capabilityUnsupported(`unknown ${what}`, key)
  return table[key]
}

/** What it takes to decode H.264 in this pixel format; one that is not planar or packed YUV asks for nothing. */
function pixelCapability(pixelFormat: string): number {
  const name = pixelFormat.replace(/(le|be)$/, '')
  const planar = /^yuvj?(420|422|444)p(\d+)?$/.exec(name)
  const layout = planar ? `${planar[1]}-${planar[2] ?? '8'}` : SEMI_PLANAR[name]
  if (layout === undefined) return NOTHING
  const capability = H264_PIXELS[layout]
  if (capability !== undefined) return capability
  const [chroma, colorBits] = layout.split('-')
  throw capabilityUnsupported(`unsupported pixel format chroma=${chroma} colorBits=${colorBits}`, pixelFormat)
}
