import type { MediaPacket } from '@livepeer-node/sdk'

/** What one RTMP audio or video message carries. */
export type FlvMessage =
  | { readonly what: 'header'; readonly kind: 'video' | 'audio'; readonly config: Uint8Array }
  | {
      readonly what: 'frame'
      readonly kind: 'video' | 'audio'
      /** Starts a group of pictures. */
      readonly key: boolean
      /** Presentation after decoding time, ms; negative only in broken streams. */
      readonly offsetMs: number
      readonly data: Uint8Array
    }

const H264 = 7
const AAC = 10
const KEY_FRAME = 1
const COMMAND_FRAME = 5
const SEQUENCE_HEADER = 0
const CODED = 1

/** Takes a message body apart; `undefined` for what carries no media of ours (end of sequence, other codecs, too short). */
export function readMessage({ kind, data }: MediaPacket): FlvMessage | undefined {
  return kind === 'video' ? readVideo(data) : readAudio(data)
}

/** True for a video message with a key frame: a cheap look that needs no parsing. */
export function isKeyMessage({ kind, data }: MediaPacket): boolean {
  return kind === 'video' && (data[0] ?? 0) >> 4 === KEY_FRAME && data[1] === CODED
}

function readVideo(data: Uint8Array): FlvMessage | undefined {
  const first = data[0] ?? 0
  const frameType = first >> 4
  if (data.length <= 5 || (first & 0x0f) !== H264 || frameType === COMMAND_FRAME) return undefined
  if (data[1] === SEQUENCE_HEADER) return { what: 'header', kind: 'video', config: data.subarray(5) }
  if (data[1] !== CODED) return undefined
  const offsetMs = ((((data[2] ?? 0) << 16) | ((data[3] ?? 0) << 8) | (data[4] ?? 0)) << 8) >> 8 // 24 bits, signed
  return { what: 'frame', kind: 'video', key: frameType === KEY_FRAME, offsetMs, data: data.subarray(5) }
}

function readAudio(data: Uint8Array): FlvMessage | undefined {
  if (data.length <= 2 || (data[0] ?? 0) >> 4 !== AAC) return undefined
  if (data[1] === SEQUENCE_HEADER) return { what: 'header', kind: 'audio', config: data.subarray(2) }
  return { what: 'frame', kind: 'audio', key: false, offsetMs: 0, data: data.subarray(2) }
}
