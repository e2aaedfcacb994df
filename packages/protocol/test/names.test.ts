import { describe, expect, it } from 'vitest'
import { checkRenditionNames, MAX_MANIFEST_ID, MAX_RENDITION_NAME, readManifestId } from '../src/index.ts'
import { profile, utf8 } from './support/values.ts'

const ladder = (...names: string[]) => names.map((name) => profile({ name }))

describe('rendition names', () => {
  it('of all usual forms pass', () => {
    expect(() =>
      checkRenditionNames(
        ladder('P720p30fps16x9', '720p', 'hd-1_2.3', 'ffmpeg_640x360_1000', 'liveliness', 'größe 1', '480p0+audio'),
      ),
    ).not.toThrow()
    expect(() => checkRenditionNames([])).not.toThrow()
  })

  it.each([
    '',
    'source',
    'my-live',
    'live',
    '.hidden',
    '..',
    '../../etc/passwd',
    'a/b',
    'a\\b',
    'a?b',
    'a#b',
    'a%2fb',
    'a"b',
    ' a',
    'a\n',
    'a\u0000b',
    'a\u202eb',
    'x'.repeat(MAX_RENDITION_NAME + 1),
  ])('%j is refused', (name) => {
    expect(() => checkRenditionNames(ladder('ok', name))).toThrow(
      expect.objectContaining({ code: 'LP_RENDITION_NAME', observed: name }),
    )
  })

  it('are refused when they repeat', () => {
    expect(() => checkRenditionNames(ladder('a', 'b', 'a'))).toThrow(
      expect.objectContaining({ code: 'LP_RENDITION_NAME', message: expect.stringContaining('twice') }),
    )
  })
})

describe('manifest ids', () => {
  it.each(['movie', 'a.b', 'Strom 1', 'ü', '...'])('%j is one', (id) => expect(readManifestId(utf8(id))).toBe(id))

  it.each([
    ['nothing', new Uint8Array()],
    ['a path', utf8('../x')],
    ['a slash', utf8('a/b')],
    ['a backslash', utf8('a\\b')],
    ['two dots', utf8('..')],
    ['a control character', utf8('a\nb')],
    ['no UTF-8', new Uint8Array([0x61, 0xff])],
    ['too many bytes', new Uint8Array(MAX_MANIFEST_ID + 1).fill(97)],
  ])('%s is none', (_what, bytes) => {
    expect(() => readManifestId(bytes)).toThrow(expect.objectContaining({ code: 'LP_MANIFEST_ID', kind: 'input' }))
  })
})
