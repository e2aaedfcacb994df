/** What a publish or playback URL names (media.md §1.2). */
export interface StreamPath {
  /** First path component after the prefixes; `undefined` where the path names nothing. */
  readonly playbackId: string | undefined
  /** The rest, slashes and all; `undefined` where there is none. */
  readonly streamKey: string | undefined
}

/**
 * Splits a URL's path into playback id and stream key: drops the last component's extension, then leading spaces and
 * slashes, then one `stream/`, then one `live/`. The prefixes are anchored: the reference strips every `live/` anywhere,
 * which breaks names that end in "live" (media.md §1.2); ours leaves `/mylive/key` alone.
 */
export function parseStreamPath(path: string): StreamPath {
  const name = withoutExtension(path)
    .replace(/^[\s/]+/, '')
    .replace(/^stream\//, '')
    .replace(/^live\//, '')
  const slash = name.indexOf('/')
  const id = slash < 0 ? name : name.slice(0, slash)
  const key = slash < 0 ? '' : name.slice(slash + 1)
  return { playbackId: id || undefined, streamKey: key || undefined }
}

function withoutExtension(path: string): string {
  const lastSlash = path.lastIndexOf('/')
  const dot = path.lastIndexOf('.')
  return dot > lastSlash ? path.slice(0, dot) : path
}
