const PACKET = 188
/** Sync byte, PID 0x1fff (nothing in it), payload only: demuxers pass over such packets. */
const NULL_PACKET_HEAD = [0x47, 0x1f, 0xff, 0x10] as const

/** A transport stream made longer with empty packets: to `bytes` where it is shorter, and with one at its end in any case. */
export function padded(stream: Uint8Array, bytes: number): Buffer {
  const missing = Math.max(1, Math.floor((bytes - stream.length) / PACKET))
  const padding = Buffer.alloc(missing * PACKET)
  for (let at = 0; at < padding.length; at += PACKET) padding.set(NULL_PACKET_HEAD, at)
  return Buffer.concat([stream, padding])
}

/** Leaves a time in the empty packet at the end, ms. */
export function writeElapsed(stream: Buffer, ms: number): void {
  stream.writeDoubleBE(ms, stream.length - PACKET + NULL_PACKET_HEAD.length)
}

/** What `writeElapsed` left. */
export function readElapsed(stream: Buffer): number {
  return stream.readDoubleBE(stream.length - PACKET + NULL_PACKET_HEAD.length)
}
