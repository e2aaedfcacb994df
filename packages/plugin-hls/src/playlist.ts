/** One rendition as the master playlist lists it. */
export interface Variant {
  readonly name: string
  /** Bits per second of the densest segment so far. */
  readonly bandwidth: number
  /** Bits per second over all segments so far; 0 = not known yet. */
  readonly averageBandwidth: number
  /** Pixels of the real picture; 0 = not known. */
  readonly width: number
  readonly height: number
  /** Frames per second; 0 = not known. */
  readonly frameRate: number
  /** RFC 6381 names, video first; empty = not known. */
  readonly codecs: readonly string[]
}

/** One line of a media playlist. */
export interface MediaEntry {
  /** Relative to the playlist. */
  readonly uri: string
  readonly durationMs: number
  readonly discontinuity: boolean
  /** There is no media for this entry, and never will be. */
  readonly gap: boolean
  /** Wall clock of its first frame, ms since 1970. */
  readonly dateMs: number
  /** Initialisation part (fMP4), relative to the playlist; `undefined` for containers that carry their own. */
  readonly init: string | undefined
}

export interface MediaPlaylist {
  /** Seconds. */
  readonly targetDuration: number
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly entries: readonly MediaEntry[]
  readonly ended: boolean
}

/**
 * A master playlist (RFC 8216 §4.3.4). Rendition playlists are addressed relative to it, as `<id>/<name>.m3u8`
 * (media.md §4.3), so that a reverse proxy may add a path in front.
 */
export function masterPlaylist(streamId: string, variants: readonly Variant[]): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-INDEPENDENT-SEGMENTS']
  for (const variant of variants) {
    lines.push(`#EXT-X-STREAM-INF:${attributes(variant)}`)
    lines.push(`${encodeURIComponent(streamId)}/${encodeURIComponent(variant.name)}.m3u8`)
  }
  return `${lines.join('\n')}\n`
}

function attributes(variant: Variant): string {
  const list = [`BANDWIDTH=${Math.ceil(variant.bandwidth)}`]
  if (variant.averageBandwidth > 0) list.push(`AVERAGE-BANDWIDTH=${Math.ceil(variant.averageBandwidth)}`)
  if (variant.codecs.length > 0) list.push(`CODECS="${variant.codecs.join(',')}"`)
  if (variant.width > 0 && variant.height > 0) list.push(`RESOLUTION=${variant.width}x${variant.height}`)
  if (variant.frameRate > 0) list.push(`FRAME-RATE=${variant.frameRate.toFixed(3)}`)
  return list.join(',')
}

/** A media playlist (RFC 8216 §4.3.3), live until `ended`. */
export function mediaPlaylist(playlist: MediaPlaylist): string {
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${requiredVersion(playlist.entries)}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-TARGETDURATION:${playlist.targetDuration}`,
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`,
  ]
  let map = playlist.entries.find((entry) => entry.init !== undefined)?.init
  if (map !== undefined) lines.push(`#EXT-X-MAP:URI="${map}"`)
  for (const entry of playlist.entries) {
    if (entry.discontinuity) lines.push('#EXT-X-DISCONTINUITY')
    if (entry.init !== undefined && entry.init !== map) {
      map = entry.init
      lines.push(`#EXT-X-MAP:URI="${map}"`)
    }
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(entry.dateMs).toISOString()}`)
    if (entry.gap) lines.push('#EXT-X-GAP')
    lines.push(`#EXTINF:${seconds(entry.durationMs)},`, entry.uri)
  }
  if (playlist.ended) lines.push('#EXT-X-ENDLIST')
  return `${lines.join('\n')}\n`
}

/** The lowest version that allows what is inside, so that old players keep playing plain MPEG-TS. */
function requiredVersion(entries: readonly MediaEntry[]): number {
  if (entries.some((entry) => entry.gap)) return 8
  return entries.some((entry) => entry.init !== undefined) ? 6 : 3
}

/** Some players divide by the duration: it never becomes 0. */
function seconds(durationMs: number): string {
  return Math.max(durationMs / 1000, 0.001).toFixed(3)
}
