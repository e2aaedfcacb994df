import { randomBytes } from 'node:crypto'
import type { SegmentFormat } from '@livepeer-node/sdk'
import { MP4_TYPE, MPEGTS_TYPE, PERCEPTUAL_HASH_TYPE, RESULTS_TYPE } from './http-names.ts'

/** A transcoded rendition on its way from a transcoder to its orchestrator. */
export interface ResultPart {
  readonly bytes: Uint8Array
  readonly format: SegmentFormat
  /** Encoded pixels. */
  readonly pixels: number
  /** MPEG-7 signature, when one was asked for. */
  readonly perceptualHash?: Uint8Array
}

/** A body in pieces, to be written one after the other. */
export interface ResultBody {
  readonly contentType: string
  /** Bytes of all pieces together. */
  readonly length: number
  readonly pieces: readonly Uint8Array[]
}

/** Content type of a rendition. */
export function segmentContentType(format: SegmentFormat): string {
  return format === 'mpegts' ? MPEGTS_TYPE : MP4_TYPE
}

/** File extension of a rendition, with its dot. */
export function segmentExtension(format: SegmentFormat): '.ts' | '.mp4' {
  return format === 'mpegts' ? '.ts' : '.mp4'
}

/**
 * The body of `/transcodeResults` in profile order (wire.md §10.4); rendition bytes are not copied.
 * @param boundary 20 hex digits unless given
 */
export function resultBody(parts: readonly ResultPart[], boundary = randomBytes(10).toString('hex')): ResultBody {
  const pieces = parts.flatMap((part) => partPieces(part, boundary))
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return { contentType: `${RESULTS_TYPE}; boundary=${boundary}`, length, pieces }
}

function partPieces(part: ResultPart, boundary: string): Uint8Array[] {
  const rendition = { 'Content-Type': segmentContentType(part.format), Pixels: String(part.pixels) }
  const pieces = withHeaders(boundary, part.bytes, rendition)
  if (!part.perceptualHash) return pieces
  return [...pieces, ...withHeaders(boundary, part.perceptualHash, { 'Content-Type': PERCEPTUAL_HASH_TYPE })]
}

function withHeaders(boundary: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Uint8Array[] {
  const lines = Object.entries({ 'Content-Length': String(bytes.length), ...headers }).map(([k, v]) => `${k}: ${v}\r\n`)
  return [Buffer.from(`--${boundary}\r\n${lines.join('')}\r\n`), bytes, Buffer.from('\r\n')]
}
