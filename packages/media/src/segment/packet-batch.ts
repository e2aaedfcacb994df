import type { MediaPacket } from '@livepeer-node/sdk'

/** Per packet in the index. */
const NUMBERS = 3

/** Many packets as two values: crossing a process border costs per object, not only per byte. */
export interface PacketBatch {
  /** The packets' data, one after the other. */
  readonly bytes: Uint8Array
  /** Three numbers per packet: 1 for video and 0 for audio, time stamp in ms, length in bytes. */
  readonly index: Uint32Array
}

/**
 * Packs batches into memory that is used again: a batch is good until the next call. Buffers that live for a moment cost
 * more in garbage collection than in copying, because V8 collects everything when much of such memory comes and goes.
 */
export class BatchPacker {
  #bytes = Buffer.allocUnsafeSlow(1 << 18)

  pack(packets: readonly MediaPacket[]): PacketBatch {
    const index = new Uint32Array(NUMBERS * packets.length)
    const total = packets.reduce((sum, { data }) => sum + data.byteLength, 0)
    if (total > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(2 * total)
    let at = 0
    packets.forEach(({ kind, timestampMs, data }, i) => {
      index.set([kind === 'video' ? 1 : 0, timestampMs, data.byteLength], NUMBERS * i)
      this.#bytes.set(data, at)
      at += data.byteLength
    })
    return { bytes: this.#bytes.subarray(0, total), index }
  }
}

/** The packets again; their data are views into the batch. */
export function* unpackBatch({ bytes, index }: PacketBatch): Generator<MediaPacket> {
  for (let i = 0, at = 0; i + NUMBERS <= index.length; i += NUMBERS) {
    const [video = 0, timestampMs = 0, length = 0] = index.subarray(i, i + NUMBERS)
    yield { kind: video ? 'video' : 'audio', timestampMs, data: bytes.subarray(at, at + length) }
    at += length
  }
}
