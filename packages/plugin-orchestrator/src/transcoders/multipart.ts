import { Dicer } from '@fastify/busboy'
import { MAX_SEGMENT_BYTES, MP4_TYPE, PERCEPTUAL_HASH_TYPE, PIXELS_HEADER, WireText } from '@livepeer-node/protocol'
import { tooLarge } from '../segment/errors.ts'
import { resultUnreadable } from './errors.ts'
import type { Rendition } from './workforce.ts'

const LINE_END = Buffer.from('\r\n')
const HEADER_END = Buffer.from('\r\n\r\n')
/** Behind the last boundary. */
const LAST = Buffer.from('--')
/** Of one part. */
const MAX_HEADER_BYTES = 4096
/** More than any ladder has: each costs time in which nothing else is done. */
const MAX_PARTS = 256
/** RFC 2046. */
const MAX_BOUNDARY = 70

interface Part {
  readonly headers: ReadonlyMap<string, string>
  readonly bytes: Buffer
}

/**
 * The renditions in a result's body, in its order (wire.md §10.4). Bytes are views of `body`, not copies.
 * Throws `LP_RESULT_UNREADABLE` or `LP_BODY_TOO_LARGE`.
 */
export async function readRenditions(body: Buffer, boundary: string): Promise<Rendition[]> {
  const renditions: Rendition[] = []
  for (const part of measuredParts(body, boundary) ?? (await searchedParts(body, boundary))) {
    if (part.bytes.length > MAX_SEGMENT_BYTES) throw tooLarge('A rendition', MAX_SEGMENT_BYTES)
    const pixels = part.headers.get(PIXELS_HEADER)
    if (pixels !== undefined) renditions.push(rendition(part, pixels))
    else if (part.headers.get('content-type') === PERCEPTUAL_HASH_TYPE) addHash(renditions, part.bytes)
  }
  return renditions
}

/** Value and boundary of a content type; `undefined` where it is not one. */
export function parseContentType(header: string): { type: string; boundary: string } | undefined {
  const match = /^\s*([\w!#$%&'*+.^`|~-]+(?:\/[\w!#$%&'*+.^`|~-]+)?)\s*(?:;(.*))?$/.exec(header)
  if (!match?.[1]) return undefined
  const parameter = /(?:^|;)\s*boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(match[2] ?? '')
  return { type: match[1].toLowerCase(), boundary: parameter?.[1] ?? parameter?.[2] ?? '' }
}

function rendition(part: Part, pixels: string): Rendition {
  if (!/^\d{1,18}$/.test(pixels)) throw resultUnreadable(WireText.invalidPixels)
  const format = part.headers.get('content-type') === MP4_TYPE ? 'mp4' : 'mpegts'
  return { bytes: part.bytes, format, pixels: BigInt(pixels) }
}

function addHash(renditions: Rendition[], perceptualHash: Uint8Array): void {
  const last = renditions.pop()
  if (!last) throw resultUnreadable(WireText.unknownPerceptualHash)
  renditions.push({ ...last, perceptualHash })
}

/**
 * The parts where each says its length, as transcoders do: what lies between is not searched for the boundary. `undefined`:
 * this body is not laid out so plainly.
 */
function measuredParts(body: Buffer, boundary: string): readonly Part[] | undefined {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const isAt = (offset: number, bytes: Buffer) => body.subarray(offset, offset + bytes.length).equals(bytes)
  if (boundary === '' || !isAt(0, delimiter.subarray(2))) return undefined
  const parts: Part[] = []
  for (let at = delimiter.length - 2; !isAt(at, LAST); ) {
    const headerEnd = body.subarray(at, at + MAX_HEADER_BYTES).indexOf(HEADER_END)
    if (headerEnd < 0 || !isAt(at, LINE_END)) return undefined
    const headers = headersOf(body.toString('latin1', at, at + headerEnd))
    const length = headers.get('content-length') ?? ''
    const begin = at + headerEnd + HEADER_END.length
    const end = begin + Number(length)
    if (!/^\d{1,12}$/.test(length) || !isAt(end, delimiter)) return undefined
    if (parts.push({ headers, bytes: body.subarray(begin, end) }) > MAX_PARTS) throw tooManyParts()
    at = end + delimiter.length
  }
  return parts
}

/** The first of each name counts. */
function headersOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':')
    return colon > 0 ? [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const] : []
  })
  return new Map(lines.toReversed())
}

/** Throws before the search, which cannot be interrupted. */
function assertFewParts(body: Buffer, boundary: string): void {
  if (boundary === '' || boundary.length > MAX_BOUNDARY) throw resultUnreadable('multipart: NextPart: EOF')
  const delimiter = Buffer.from(`--${boundary}`)
  let count = 0
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    count += 1
    if (count > MAX_PARTS) throw tooManyParts()
  }
}

const tooManyParts = () => resultUnreadable('multipart: too many parts')

async function searchedParts(body: Buffer, boundary: string): Promise<readonly Part[]> {
  assertFewParts(body, boundary)
  const { promise, resolve, reject } = Promise.withResolvers<readonly Part[]>()
  const parts: Part[] = []
  const dicer = new Dicer({ boundary })
  dicer.on('part', (stream) => {
    let headers: ReadonlyMap<string, string> = new Map()
    const chunks: Buffer[] = []
    stream.on('header', (header) => {
      headers = new Map(Object.entries(header as Record<string, string[]>).map(([name, [value = '']]) => [name, value]))
    })
    stream.on('data', (chunk) => chunks.push(chunk as Buffer))
    stream.on('end', () =>
      parts.push({ headers, bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }),
    )
    stream.on('error', (error) => reject(resultUnreadable('multipart: NextPart: EOF', error)))
  })
  dicer.on('finish', () => resolve(parts))
  dicer.on('error', (error) => reject(resultUnreadable('multipart: NextPart: EOF', error)))
  dicer.end(body)
  return await promise
}
