import { createHash } from 'node:crypto'
import type { SegmentFormat } from '@livepeer-node/sdk'
import { splitFragmentedMp4 } from './fmp4.ts'
import type { MediaEntry } from './playlist.ts'

/** The bytes of one rendition of one segment. */
export interface StoredMedia {
  /** As it was made. */
  readonly bytes: Uint8Array
  readonly format: SegmentFormat
  /** Fragmented MP4 only: its two parts, views into `bytes`. */
  readonly parts: { readonly init: Uint8Array; readonly media: Uint8Array; readonly initName: string } | undefined
}

export interface Entry {
  readonly seq: number
  readonly durationMs: number
  readonly discontinuity: boolean
  /** How many discontinuities there were in the stream up to and with this entry. */
  readonly discontinuities: number
  readonly dateMs: number
  /** By name of the rendition; what is not in here is a gap. */
  readonly media: ReadonlyMap<string, StoredMedia>
}

/** Bytes of a rendition, taken apart where its playlist wants the parts. */
export function stored(bytes: Uint8Array, format: SegmentFormat): StoredMedia {
  const split = format === 'fmp4' ? splitFragmentedMp4(bytes) : undefined
  if (!split) return { bytes, format, parts: undefined }
  const initName = createHash('sha256').update(split.init).digest('hex').slice(0, 16)
  return { bytes, format, parts: { ...split, initName } }
}

/** An entry's line in the playlist of one rendition. */
export function listedAs(entry: Entry, rendition: string): MediaEntry {
  const media = entry.media.get(rendition)
  const folder = encodeURIComponent(rendition)
  const { durationMs, discontinuity, dateMs } = entry
  return {
    uri: `${folder}/${entry.seq}.${extension(media)}`,
    durationMs,
    discontinuity,
    gap: media === undefined,
    dateMs,
    init: media?.parts && `${folder}/${media.parts.initName}.init.mp4`,
  }
}

/** Extension of the URL that plays an entry in its playlist. */
function extension(media: StoredMedia | undefined): string {
  if (media?.parts) return 'm4s'
  return media && media.format !== 'mpegts' ? 'mp4' : 'ts'
}
