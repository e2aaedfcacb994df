/** Behind the first transport stream packet's header. */
const AT = 8

/** Leaves a time in a rendition, ms. */
export function writeElapsed(bytes: Uint8Array, ms: number): void {
  view(bytes).setFloat64(AT, ms)
}

/** What `writeElapsed` left. */
export function readElapsed(bytes: Uint8Array): number {
  return view(bytes).getFloat64(AT)
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
