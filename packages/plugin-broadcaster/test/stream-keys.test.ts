import { describe, expect, test } from 'vitest'
import { StreamKeys } from '../src/stream-keys.ts'

const refused = expect.objectContaining({ code: 'LP_STREAM_KEY' })

describe('with keys', () => {
  const keys = new StreamKeys({ movie: 'k3y/with/slash', news: 'other' })

  test.each([
    ['id and key', { playbackId: 'movie', streamKey: 'k3y/with/slash' }, 'movie'],
    ['the key alone plays under its id', { playbackId: 'other', streamKey: undefined }, 'news'],
  ])('%s', (_, given, id) => {
    expect(keys.admit(given)).toBe(id)
  })

  test.each([
    ['a wrong key', { playbackId: 'movie', streamKey: 'k3y/with/slasH' }],
    ['another stream’s key', { playbackId: 'movie', streamKey: 'other' }],
    ['the id without its key', { playbackId: 'movie', streamKey: undefined }],
    ['an unknown id', { playbackId: 'films', streamKey: 'other' }],
    ['an unknown id without a key', { playbackId: 'films', streamKey: undefined }],
    ['nothing', { playbackId: undefined, streamKey: undefined }],
    ['an empty key', { playbackId: 'movie', streamKey: '' }],
  ])('refuses %s, without a word on what was wrong', (_, given) => {
    expect(() => keys.admit(given)).toThrow(refused)
  })
})

test('requireStreamKey: false lets others publish under other ids, never under a listed one', () => {
  const keys = new StreamKeys({ movie: 'secret' }, false)
  expect(keys.admit({ playbackId: 'films', streamKey: undefined })).toBe('films')
  expect(() => keys.admit({ playbackId: 'movie', streamKey: undefined })).toThrow(refused)
})

test('without keys everybody may, and the URL names the stream', () => {
  const keys = new StreamKeys({})
  expect(keys.admit({ playbackId: 'movie', streamKey: 'x' })).toBe('movie')
  expect(keys.admit({ playbackId: undefined, streamKey: undefined })).toBeUndefined()
})

test('requireStreamKey: true without keys lets nobody in', () => {
  const keys = new StreamKeys({}, true)
  expect(() => keys.admit({ playbackId: 'movie', streamKey: 'x' })).toThrow(refused)
})
