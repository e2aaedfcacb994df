import { expect, it } from 'vitest'
import { publishRequest } from '../src/publish-url.ts'

const of = (tcUrl: string, app: string, name: string) => publishRequest({ tcUrl, app, name }, '10.0.0.1:5000')

it.each([
  ['rtmp://h/live', 'live', 'movie/Secret/Key'],
  ['rtmp://h/live/movie', 'live/movie', 'Secret/Key'],
  ['rtmp://h/live/movie/Secret/Key', 'live/movie/Secret/Key', ''],
  ['rtmp://h', '', '//live/movie//Secret/Key'],
])('does not mind where the encoder cuts the path: %s + %s + %s', (tcUrl, app, name) => {
  expect(of(tcUrl, app, name)).toEqual({
    protocol: 'rtmp',
    url: 'rtmp://h/live/movie/Secret/Key',
    playbackId: 'movie',
    streamKey: 'Secret/Key',
    remote: '10.0.0.1:5000',
  })
})

it('takes an address with a name only', () => {
  expect(of('rtmp://h/movie', 'movie', '')).toMatchObject({
    url: 'rtmp://h/movie',
    playbackId: 'movie',
    streamKey: undefined,
  })
})

it('leaves the choice of a name open when the address has none', () => {
  expect(of('rtmp://h:1936', '', '')).toMatchObject({
    url: 'rtmp://h:1936/',
    playbackId: undefined,
    streamKey: undefined,
  })
})

it('keeps a query of either part, and the name of both', () => {
  expect(of('rtmp://h/live', 'live?t=x', 'key?u=y&v')).toMatchObject({
    url: 'rtmp://h/live/key?t=x&u=y&v',
    playbackId: 'key',
  })
})

it('keeps names that a URL would escape', () => {
  expect(of('rtmp://h/live', 'live', 'Ünïcode name+1')).toMatchObject({ playbackId: 'Ünïcode name+1' })
})

it('makes do without a usable tcUrl', () => {
  expect(of('', 'live', 'cam').url).toBe('rtmp://localhost/live/cam')
  expect(of('RTMPS://Host:443/live', 'live', 'cam').url).toBe('rtmps://Host:443/live/cam')
})

it.each(['a\u0000b', 'a\nb', '../etc', 'x'.repeat(600)])('refuses %j', (name) => {
  expect(() => of('rtmp://h/live', 'live', name)).toThrow(expect.objectContaining({ code: 'LP_RTMP_NAME' }))
})
