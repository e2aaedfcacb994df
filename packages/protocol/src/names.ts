import { type Ladder, SOURCE_RENDITION } from '@livepeer-node/sdk'
import { manifestIdInvalid, renditionNameInvalid } from './errors.ts'

/** Longest rendition name, in UTF-16 units. The reference has no limit; names stand in URLs and playlists. */
export const MAX_RENDITION_NAME = 128
/** Longest manifest id, in bytes. */
export const MAX_MANIFEST_ID = 512

/**
 * Names under which renditions are stored, fetched and listed (wire.md §6.3). Letters of any script and inner spaces
 * pass, so put a name into a URL with `encodeURIComponent`.
 * @throws `LP_RENDITION_NAME` for the first that is empty, too long, taken, `source`, ends in `live`, starts with a dot,
 * starts or ends with a space, or has a character that paths, URLs or playlists read otherwise.
 */
export function checkRenditionNames(ladder: Ladder): void {
  const seen = new Set<string>()
  for (const { name } of ladder) {
    const fault = seen.has(name) ? 'is there twice' : nameFault(name)
    if (fault) throw renditionNameInvalid(fault, name)
    seen.add(name)
  }
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.length > MAX_RENDITION_NAME) return `is longer than ${MAX_RENDITION_NAME} characters`
  if (name === SOURCE_RENDITION) return 'is the publisher’s own picture'
  if (name.endsWith('live')) return 'ends in “live”, which the reference cuts out of paths'
  if (name.startsWith('.')) return 'starts with a dot'
  if (name !== name.trim()) return 'starts or ends with a space'
  const bad = /[\p{C}/\\?#%"<>]/u.exec(name)
  return bad ? `has the character ${JSON.stringify(bad[0])}` : undefined
}

/**
 * The stream id that a manifest id is. What is signed stays the bytes as sent.
 * @throws `LP_MANIFEST_ID` for one that is empty, too long, not UTF-8, or has slashes or control characters: it
 * becomes part of paths and logs.
 */
export function readManifestId(bytes: Uint8Array): string {
  if (bytes.length === 0) throw manifestIdInvalid('is empty', '')
  if (bytes.length > MAX_MANIFEST_ID) throw manifestIdInvalid('is too long', `${bytes.length} bytes`)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (text.includes('\ufffd')) throw manifestIdInvalid('is not UTF-8 text', JSON.stringify(text))
  if (text === '.' || text === '..' || /[\p{Cc}\p{Cs}/\\]/u.test(text)) {
    throw manifestIdInvalid('has characters that paths read otherwise', JSON.stringify(text))
  }
  return text
}
