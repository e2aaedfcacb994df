import type { MediaPacket } from '@livepeer-node/sdk'

/** The audio and video messages of an FLV file (`generateClip({ format: 'flv' })`), as an RTMP publisher would send them. */
export function flvPackets(file: Buffer): MediaPacket[] {
  const packets: MediaPacket[] = []
  for (let at = 9 + 4; at + 11 <= file.length; ) {
    const type = (file[at] ?? 0) & 0x1f
    const length = file.readUIntBE(at + 1, 3)
    const timestampMs = (file.readUIntBE(at + 4, 3) | ((file[at + 7] ?? 0) << 24)) >>> 0
    const data = Buffer.from(file.subarray(at + 11, at + 11 + length))
    if (type === 8 || type === 9) packets.push({ kind: type === 9 ? 'video' : 'audio', timestampMs, data })
    at += 11 + length + 4
  }
  return packets
}

/** A sequence header: how to decode, no media. */
export const isHeader = ({ data }: MediaPacket): boolean => data[1] === 0

/** A message with a key frame. */
export const isKey = ({ kind, data }: MediaPacket): boolean =>
  kind === 'video' && (data[0] ?? 0) >> 4 === 1 && data[1] === 1

/** Times of a stream's frames in units of 1/90000 s, in the order in which they were sent. */
export interface SourceTimes {
  readonly video: readonly { readonly dts: number; readonly pts: number }[]
  readonly audio: readonly number[]
}

/** The times that MPEG-TS segments of these packets must show: 90 × ms. */
export function sourceTimes(packets: readonly MediaPacket[]): SourceTimes {
  const frames = packets.filter((packet) => !isHeader(packet) && packet.data.length > 5)
  const video = frames
    .filter(({ kind, data }) => kind === 'video' && data[1] === 1)
    .map(({ timestampMs, data }) => ({
      dts: timestampMs * 90,
      pts: (timestampMs + Buffer.from(data).readIntBE(2, 3)) * 90,
    }))
  return { video, audio: frames.filter(({ kind }) => kind === 'audio').map(({ timestampMs }) => timestampMs * 90) }
}

/** The same packets, `ms` later. */
export function shifted(packets: readonly MediaPacket[], ms: number): MediaPacket[] {
  return packets.map((packet) => ({ ...packet, timestampMs: (packet.timestampMs + ms) >>> 0 }))
}
