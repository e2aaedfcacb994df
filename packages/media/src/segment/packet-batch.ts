import type { MediaPacket } from '@livepeer-node/sdk'

/** Many packets as two values: crossing a process border costs per object, not only per byte. */
export interface PacketBatch {
  /** The packets' data, one after the other. */
  readonly bytes: Uint8Array
  /** Three numbers per packet: 1 for video and 0 for audio, time stamp in ms, length in bytes. */
  readonly index: Uint32Array
}

export function packBatch(packets: readonly MediaPacket[]): PacketBatch {
  const index = new Uint32Array(3 * packets.length)
  packets.forEach(({ kind, timestampMs, data }, i) =>
    index.set([kind === 'video' ? 1 : 0, timestampMs, data.byteLength], 3 * i),
  )
  return { bytes: Buffer.concat(packets.map(({ data }) => data)), index }
}

/** The packets again; their data are views into the batch. */
export function* unpackBatch({ bytes, index }: PacketBatch): Generator<MediaPacket> {
  for (let i = 0, at = 0; i + 2 < index.length; i += 3) {
    const [video = 0, timestampMs = 0, length = 0] = index.subarray(i, i + 3)
    yield { kind: video ? 'video' : 'audio', timestampMs, data: bytes.subarray(at, at + length) }
    at += length
  }
}
