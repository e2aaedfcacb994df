import type { MediaPacket } from '@livepeer-node/sdk'
import { unsupportedCodec } from './errors.ts'

const VIDEO: Readonly<Record<number, string>> = {
  2: 'Sorenson H.263',
  3: 'Screen',
  4: 'VP6',
  5: 'VP6 with alpha',
  8: 'H.263',
  9: 'MPEG-4',
}
const AUDIO: Readonly<Record<number, string>> = {
  0: 'PCM',
  1: 'ADPCM',
  2: 'MP3',
  3: 'PCM',
  4: 'Nellymoser',
  5: 'Nellymoser',
  6: 'Nellymoser',
  7: 'A-law',
  8: 'mu-law',
  11: 'Speex',
  14: 'MP3',
}
const H264 = 7
const AAC = 10
const ENHANCED_AUDIO = 9

/** Throws `LP_RTMP_CODEC` for anything but H.264 and AAC, enhanced RTMP (HEVC, AV1, Opus, …) included. */
export function checkCodec({ kind, data }: MediaPacket): void {
  const first = data[0] ?? 0
  if (kind === 'video') {
    if (first & 0x80) throw unsupportedCodec('video', fourCc(data))
    const codec = first & 0x0f
    if (codec !== H264) throw unsupportedCodec('video', VIDEO[codec] ?? `codec ${codec}`)
    return
  }
  const codec = first >> 4
  if (codec === ENHANCED_AUDIO) throw unsupportedCodec('audio', fourCc(data))
  if (codec !== AAC) throw unsupportedCodec('audio', AUDIO[codec] ?? `codec ${codec}`)
}

const FOUR_CC: Readonly<Record<string, string>> = {
  hvc1: 'HEVC (H.265)',
  av01: 'AV1',
  vp09: 'VP9',
  vp08: 'VP8',
  avc1: 'enhanced-RTMP H.264',
}

function fourCc(data: Uint8Array): string {
  const code = String.fromCharCode(...data.subarray(1, 5)).replace(/[^\w.-]/g, '?')
  return FOUR_CC[code] ?? code
}
