import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LivepeerError } from '@livepeer-node/sdk'
import { parse } from 'hls-parser'
import { Demuxer } from '../native/demuxer.ts'
import { describeInput, hasPictures } from '../native/media-info.ts'
import { MemoryReader } from '../native/memory-io.ts'
import { noVideoIn } from './errors.ts'
import type { SplitMedia, SplitOptions, SplitSegment } from './types.ts'

/** The segments of a local media playlist, as they are. */
export function readPlaylist({ path, maxSegments }: SplitOptions): SplitMedia {
  const listed = list(path).slice(0, maxSegments)
  const segments = listed.map(
    ({ uri, durationMs }): SplitSegment => ({ bytes: readFileSync(fileOf(path, uri)), durationMs }),
  )
  const [first] = segments
  if (!first) throw unusable(path, 'it lists no segment')
  using reader = new MemoryReader()
  using demuxer = new Demuxer(reader, first.bytes)
  if (!demuxer.video || !hasPictures(demuxer.video)) throw noVideoIn(path)
  return { info: describeInput(demuxer, first.bytes), segments }
}

function list(path: string): readonly { readonly uri: string; readonly durationMs: number }[] {
  const text = readFileSync(path, 'utf8')
  let playlist: ReturnType<typeof parse>
  try {
    playlist = parse(text)
  } catch (error) {
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
  if (!('segments' in playlist)) throw unusable(path, 'it is a master playlist')
  const usable = playlist.segments.filter(({ duration }) => duration > 0)
  return usable.map(({ uri, duration }) => ({ uri, durationMs: Math.round(duration * 1000) }))
}

function fileOf(path: string, uri: string): string {
  if (/^[a-z][a-z+.-]*:\/\//i.test(uri) && !uri.startsWith('file:')) throw unusable(path, `${uri} is not a local file`)
  return uri.startsWith('file:') ? fileURLToPath(uri) : resolve(dirname(path), decodeURI(uri))
}

function unusable(path: string, why: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PLAYLIST_UNUSABLE',
    kind: 'input',
    message: `The playlist ${path} cannot be used: ${why}.`,
    remedy: 'Give a media playlist whose segments are local files.',
    observed: path,
  })
}
