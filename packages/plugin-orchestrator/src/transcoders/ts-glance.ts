/** What can be seen of MPEG-TS without a decoder. */
export interface TsGlance {
  /** Packets of video that begin: as a rule one for each picture. */
  readonly pictures: number
  /** Presentation time of the first of them, ms; `undefined`: there is none. */
  readonly startMs: number | undefined
}

const PACKET_BYTES = 188
const SYNC = 0x47
/** Clock of presentation times, per ms. */
const TICKS_PER_MS = 90

/** Looks at the head of each packet. `undefined`: it is no MPEG-TS, or not whole. */
export function glanceAtTs(bytes: Uint8Array): TsGlance | undefined {
  if (bytes.length === 0 || bytes.length % PACKET_BYTES !== 0) return undefined
  let pictures = 0
  let startMs: number | undefined
  for (let at = 0; at < bytes.length; at += PACKET_BYTES) {
    if (bytes[at] !== SYNC) return undefined
    const head = videoHead(bytes, at)
    if (head === undefined) continue
    pictures += 1
    startMs ??= presentationMs(bytes, head)
  }
  return { pictures, startMs }
}

/** Where in the packet one of video begins; `undefined`: none does. */
function videoHead(bytes: Uint8Array, packet: number): number | undefined {
  const byteAt = (offset: number): number => bytes[packet + offset] ?? 0
  const begins = (byteAt(1) & 0x40) !== 0
  const hasPayload = (byteAt(3) & 0x10) !== 0
  if (!begins || !hasPayload) return undefined
  const head = (byteAt(3) & 0x20) !== 0 ? 5 + byteAt(4) : 4
  if (head + 14 > PACKET_BYTES) return undefined
  const isVideo =
    byteAt(head) === 0 && byteAt(head + 1) === 0 && byteAt(head + 2) === 1 && byteAt(head + 3) >> 4 === 0xe
  return isVideo ? packet + head : undefined
}

/** 33 bits in five bytes. */
function presentationMs(bytes: Uint8Array, head: number): number | undefined {
  const byteAt = (offset: number): number => bytes[head + offset] ?? 0
  if ((byteAt(7) & 0x80) === 0) return undefined
  const high = ((byteAt(9) >> 1) & 0x07) * 2 ** 30
  const middle = ((byteAt(10) << 7) | (byteAt(11) >> 1)) * 2 ** 15
  const low = (byteAt(12) << 7) | (byteAt(13) >> 1)
  return (high + middle + low) / TICKS_PER_MS
}
