/** A fragmented MP4 in its two parts. */
export interface SplitMp4 {
  /** `ftyp` and `moov`: what EXT-X-MAP names. */
  readonly init: Uint8Array
  /** From the first box after `moov`: what the entry names. */
  readonly media: Uint8Array
}

/** Parts a self-initialising fragmented MP4 behind its `moov`; `undefined` when it has no `moov` or nothing behind it. */
export function splitFragmentedMp4(bytes: Uint8Array): SplitMp4 | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    const size = boxSize(view, offset)
    if (size < 8 || offset + size > bytes.length) return undefined
    const end = offset + size
    if (boxType(bytes, offset) === 'moov') {
      return end < bytes.length ? { init: bytes.subarray(0, end), media: bytes.subarray(end) } : undefined
    }
    offset = end
  }
  return undefined
}

/** Size of the box at `offset` with its header; 0 in the file means "to the end", 1 that 64 bits follow. */
function boxSize(view: DataView, offset: number): number {
  const size = view.getUint32(offset)
  if (size === 0) return view.byteLength - offset
  if (size !== 1) return size
  return offset + 16 <= view.byteLength ? Number(view.getBigUint64(offset + 8)) : 0
}

function boxType(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset + 4, offset + 8))
}
