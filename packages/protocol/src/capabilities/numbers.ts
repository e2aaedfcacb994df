/** What a node can do, or a job needs: the numbers of wire.md §5.1. 13 is dead and stays a gap. */
export const Capability = Object.freeze({
  H264: 0,
  MPEGTS: 1,
  MP4: 2,
  FractionalFramerates: 3,
  StorageDirect: 4,
  StorageS3: 5,
  StorageGCS: 6,
  ProfileH264Baseline: 7,
  ProfileH264Main: 8,
  ProfileH264High: 9,
  ProfileH264ConstrainedHigh: 10,
  GOP: 11,
  AuthToken: 12,
  MPEG7VideoSignature: 14,
  HEVC_Decode: 15,
  HEVC_Encode: 16,
  VP8_Decode: 17,
  VP9_Decode: 18,
  VP8_Encode: 19,
  VP9_Encode: 20,
  H264_Decode_444_8bit: 21,
  H264_Decode_422_8bit: 22,
  H264_Decode_444_10bit: 23,
  H264_Decode_422_10bit: 24,
  H264_Decode_420_10bit: 25,
  SegmentSlicing: 26,
  TextToImage: 27,
  ImageToImage: 28,
  ImageToVideo: 29,
  Upscale: 30,
  AudioToText: 31,
  SegmentAnything2: 32,
  LLM: 33,
  ImageToText: 34,
  LiveVideoToVideo: 35,
  TextToSpeech: 36,
  BYOC: 37,
})

const names = new Map(Object.entries(Capability).map(([name, number]) => [number as number, name]))

/** Its name for logs; `capability 60` where it has none. */
export function capabilityName(capability: number): string {
  return names.get(capability) ?? `capability ${capability}`
}

/** What every node of 0.9.1 has: 0–12, 14, 26 (wire.md §5.2). */
export const DEFAULT_CAPABILITIES: readonly number[] = Object.freeze([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 26])

/** What a node may have on top, after a test of its hardware. */
export const OPTIONAL_CAPABILITIES: readonly number[] = Object.freeze([
  15, 16, 17, 18, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31, 32, 34, 36,
])

/** What a node without a capability message has: 0–11, fixed for ever. */
export const LEGACY_CAPABILITIES: readonly number[] = Object.freeze([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])

/** What the reference says of a software transcoder, its untested AI bits included (wire.md §5.2). */
export const REFERENCE_SOFTWARE_CAPABILITIES: readonly number[] = Object.freeze([
  ...DEFAULT_CAPABILITIES,
  17,
  21,
  22,
  23,
  24,
  25,
  27,
  28,
  29,
  30,
  31,
  32,
  34,
  36,
])
