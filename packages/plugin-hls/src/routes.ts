import type { Route, RouteRequest, RouteResponse } from '@livepeer-node/sdk'
import type { LiveStreams } from './live-streams.ts'
import type { HlsStream } from './stream.ts'
import type { StoredMedia } from './entry.ts'

const CROSS_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Length',
}
/** A playlist is old the moment the next segment is there. */
const PLAYLIST_HEADERS = {
  ...CROSS_ORIGIN,
  'content-type': 'application/vnd.apple.mpegurl',
  'cache-control': 'no-cache',
}
/** Long enough for a cache in front; short enough that a stream that starts anew under its id never meets its old segments. */
const SEGMENT_CACHE = 'public, max-age=5'

/** `/stream/…`: playlists and segments (media.md §4.1, §4.2). */
export function streamRoute(streams: LiveStreams): Route {
  return { method: 'GET', path: '/stream/*', handle: (request) => answer(streams, request) ?? notFound() }
}

/** `/streams.json`: what can be played now, for the page and for scripts. */
export function listRoute(streams: LiveStreams, now: () => number): Route {
  return {
    method: 'GET',
    path: '/streams.json',
    handle: ({ query }) => {
      const id = query.get('id')
      const list = streams.list().filter((stream) => id === null || stream.id === id)
      return {
        status: 200,
        headers: { ...CROSS_ORIGIN, 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify({ now: now(), streams: list }),
      }
    },
  }
}

export function notFound(): RouteResponse {
  return {
    status: 404,
    headers: {
      ...CROSS_ORIGIN,
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
    body: 'ErrNotFound\n',
  }
}

function answer(streams: LiveStreams, request: RouteRequest): RouteResponse | undefined {
  const [first = '', second, third, ...rest] = request.path.slice('/stream/'.length).split('/').map(decode)
  if (rest.length > 0) return undefined
  if (second === undefined) return playlist(streams.find(withoutEnding(first, '.m3u8') ?? '')?.master())
  const stream = streams.find(first)
  if (!stream) return undefined
  if (third === undefined) return playlist(stream.playlist(withoutEnding(second, '.m3u8') ?? ''))
  return segment(stream, second, third)
}

function playlist(body: string | undefined): RouteResponse | undefined {
  return body === undefined ? undefined : { status: 200, headers: PLAYLIST_HEADERS, body }
}

function segment(stream: HlsStream, rendition: string, file: string): RouteResponse | undefined {
  const initName = withoutEnding(file, '.init.mp4')
  if (initName !== undefined) return bytes(stream.init(rendition, initName), 'video/mp4')
  const [, digits = '', extension] = /^(\d{1,15})\.(ts|mp4|m4s)$/.exec(file) ?? []
  const media = digits === '' ? undefined : stream.media(rendition, Number(digits))
  if (!media) return undefined
  if (extension === 'ts') return media.format === 'mpegts' ? bytes(media.bytes, 'video/mp2t') : undefined
  return media.format === 'mpegts' ? undefined : bytes(mp4Bytes(media, extension), 'video/mp4')
}

/** `.m4s` is the part that a playlist with an EXT-X-MAP names, `.mp4` a file that plays by itself. */
function mp4Bytes(media: StoredMedia, extension: string | undefined): Uint8Array | undefined {
  return extension === 'm4s' ? media.parts?.media : media.bytes
}

function bytes(body: Uint8Array | undefined, type: string): RouteResponse | undefined {
  if (!body || body.byteLength === 0) return undefined
  return {
    status: 200,
    headers: {
      ...CROSS_ORIGIN,
      'content-type': type,
      'content-length': String(body.byteLength),
      'cache-control': SEGMENT_CACHE,
    },
    body,
  }
}

function withoutEnding(name: string, ending: string): string | undefined {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined
}

/** A part of a path that is no valid encoding names nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
