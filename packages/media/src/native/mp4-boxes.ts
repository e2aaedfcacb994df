/** A box of an MP4 file. */
interface Box {
  readonly type: string
  readonly start: number
  readonly size: number
}

const PARENTS = new Set(['trak', 'mdia', 'minf', 'stbl'])

/**
 * Moves an MP4's `moov` in front of its `mdat`, so that it plays from its first bytes. FFmpeg's own `faststart` opens the
 * output again by name and cannot work in memory.
 */
export function faststart(file: Buffer): Buffer {
  const top = boxes(file, 0, file.length)
  const moov = top.find((box) => box.type === 'moov')
  const mdat = top.find((box) => box.type === 'mdat')
  if (!moov || !mdat || moov.start < mdat.start) return file
  const head = Buffer.from(file.subarray(moov.start, moov.start + moov.size))
  shiftOffsets(head, { start: 8, end: head.length }, moov.size)
  const first = top.find((box) => box.type !== 'ftyp') ?? mdat
  return Buffer.concat([
    file.subarray(0, first.start),
    head,
    file.subarray(first.start, moov.start),
    file.subarray(moov.start + moov.size),
  ])
}

/** True for an MP4 whose media lies in fragments. */
export function isFragmented(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return boxes(file, 0, file.length).some((box) => box.type === 'moof')
}

function boxes(file: Buffer, from: number, to: number): Box[] {
  const found: Box[] = []
  for (let start = from; start + 8 <= to; ) {
    const short = file.readUInt32BE(start)
    const size = short === 1 ? Number(file.readBigUInt64BE(start + 8)) : short
    if (size < 8) break // to the end of the file, or no MP4 at all
    found.push({ type: file.toString('latin1', start + 4, start + 8), start, size })
    start += size
  }
  return found
}

/** Every chunk lies `by` bytes further back now. */
function shiftOffsets(head: Buffer, range: { start: number; end: number }, by: number): void {
  for (const box of boxes(head, range.start, range.end)) {
    if (PARENTS.has(box.type)) shiftOffsets(head, { start: box.start + 8, end: box.start + box.size }, by)
    if (box.type === 'stco') shiftTable(head, box.start, by)
    if (box.type === 'co64') shiftLongTable(head, box.start, by)
  }
}

function shiftTable(head: Buffer, start: number, by: number): void {
  const count = head.readUInt32BE(start + 12)
  for (let at = start + 16; at < start + 16 + 4 * count; at += 4) head.writeUInt32BE(head.readUInt32BE(at) + by, at)
}

function shiftLongTable(head: Buffer, start: number, by: number): void {
  const count = head.readUInt32BE(start + 12)
  for (let at = start + 16; at < start + 16 + 8 * count; at += 8) {
    head.writeBigUInt64BE(head.readBigUInt64BE(at) + BigInt(by), at)
  }
}
