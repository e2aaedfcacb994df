import { describe, expect, it } from 'vitest'
import { parseStreamPath } from '../src/index.ts'

describe('parseStreamPath (media.md §1.2)', () => {
  it.each([
    ['/movie1', 'movie1', undefined],
    ['/stream/movie1', 'movie1', undefined],
    ['/live/movie1', 'movie1', undefined],
    ['/movie/Secret/Stream/Key', 'movie', 'Secret/Stream/Key'],
    ['/stream/stream/stream/stream', 'stream', 'stream/stream'],
    ['/', undefined, undefined],
    ['', undefined, undefined],
    ['/stream', 'stream', undefined],
    ['/live', 'live', undefined],
    ['/movie.v1', 'movie', undefined],
    ['/a.b/key', 'a.b', 'key'],
    ['/stream/a.b.m3u8', 'a.b', undefined],
  ])('%s names %s with key %s', (path, playbackId, streamKey) => {
    expect(parseStreamPath(path)).toEqual({ playbackId, streamKey })
  })

  it.each([
    ['/live/mylive/12', 'mylive', '12'],
    ['/olive/x', 'olive', 'x'],
    ['/live/live/1', 'live', '1'],
  ])('strips the prefix of %s once and only at the start', (path, playbackId, streamKey) => {
    expect(parseStreamPath(path)).toEqual({ playbackId, streamKey })
  })
})
