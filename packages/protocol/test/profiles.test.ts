import { create } from '@bufbuild/protobuf'
import type { Profile } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import {
  fromVideoProfile,
  parseBitrate,
  parseResolution,
  readProfiles,
  SegDataSchema,
  toVideoProfile,
  VideoProfile_ChromaSubsampling,
  VideoProfileSchema,
  writeProfiles,
} from '../src/index.ts'
import { P144, profile, untyped } from './support/values.ts'

function listOf(...changes: Partial<Profile>[]): string[] {
  const lists = writeProfiles(changes.map((change) => profile(change)))
  return Object.entries(lists).flatMap(([name, list]) => (list.length > 0 ? [`${name} ${list.length}`] : []))
}

const named = (name: string) => [toVideoProfile(profile({ name }))]

describe('the list of a ladder', () => {
  it.each([
    ['fullProfiles 2', [{}, {}]],
    ['fullProfiles2 3', [{}, { format: 'mp4' }, {}]],
    ['fullProfiles2 1', [{ format: 'fmp4' }]],
    ['fullProfiles3 2', [{}, { fpsDen: 12 }]],
    ['fullProfiles3 1', [{ fpsDen: 1 }]],
    ['fullProfiles3 2', [{ h264Profile: 'high' }, {}]],
    ['fullProfiles3 2', [{ format: 'mp4' }, { gopMs: 123 }]],
    ['fullProfiles3 1', [{ gopMs: -1 }]],
    ['fullProfiles 1', [{ codec: 'hevc', quality: 23 }]],
  ] satisfies [string, Partial<Profile>[]][])('%s', (list, changes) => expect(listOf(...changes)).toEqual([list]))

  it('of nothing is nowhere', () => expect(listOf()).toEqual([]))

  it('is read from 35, else 34, else 33', () => {
    const lists = { fullProfiles: named('33'), fullProfiles2: named('34'), fullProfiles3: named('35') }
    expect(readProfiles(lists)[0]?.name).toBe('35')
    expect(readProfiles({ ...lists, fullProfiles3: [] })[0]?.name).toBe('34')
    expect(readProfiles({ ...lists, fullProfiles3: [], fullProfiles2: [] })[0]?.name).toBe('33')
    expect(readProfiles(create(SegDataSchema))).toEqual([])
  })
})

describe('a profile', () => {
  it.each([
    P144,
    profile({ codec: 'hevc', h264Profile: 'baseline', format: 'mp4', fpsDen: 1001, fps: 30_000 }),
    profile({ codec: 'vp8', h264Profile: 'main', gopMs: 123, quality: 23 }),
    profile({ codec: 'vp9', h264Profile: 'constrained-high', gopMs: -100, fps: 0 }),
    profile({ h264Profile: 'high', bitrate: 0, width: 0 }),
  ])('comes back as it was (case %#)', (sent) => expect(fromVideoProfile(toVideoProfile(sent))).toEqual(sent))

  it('of fragmented MP4 is asked for as MP4', () => {
    expect(fromVideoProfile(toVideoProfile(profile({ format: 'fmp4' }))).format).toBe('mp4')
  })

  it('without a name gets one: another where it is sent than where it is read', () => {
    const nameless = profile({ name: '', width: 123, height: 456, bitrate: parseBitrate('432k') })
    expect(toVideoProfile(nameless).name).toBe('ffmpeg_123x456_432000')
    const sent = create(VideoProfileSchema, { width: 123, height: 456, bitrate: 789 })
    expect(fromVideoProfile(sent).name).toBe('net_123x456_789')
  })

  it('has no colours for its reader, as in the reference', () => {
    const coloured = create(VideoProfileSchema, {
      ...toVideoProfile(P144),
      colorDepth: 2,
      chromaFormat: VideoProfile_ChromaSubsampling.CHROMA_444,
    })
    expect(fromVideoProfile(coloured)).toEqual(P144)
  })

  it.each([
    [{ format: untyped(9) }, 'unrecognized profile output format'],
    [{ profile: untyped(5) }, 'unrecognized encoder profile'],
    [{ encoder: untyped(4) }, 'unrecognized video codec'],
  ])('with an unknown number is refused: %s', (changes, wireText) => {
    expect(() => fromVideoProfile({ ...toVideoProfile(P144), ...changes })).toThrow(
      expect.objectContaining({ code: 'LP_PROFILE_UNRECOGNIZED', wireText }),
    )
  })
})

describe('sizes and rates as text', () => {
  it('are parsed as the reference does', () => {
    expect(parseBitrate('432k')).toBe(432_000)
    expect(parseBitrate('432000')).toBe(432_000)
    expect(parseBitrate(0)).toBe(0)
    expect(parseResolution('640x360')).toEqual({ width: 640, height: 360 })
  })

  it.each(['', 'k4k', '4M', '-1', '1.5k', ' 4'])('%j is no bitrate', (text) => {
    expect(() => parseBitrate(text)).toThrow(expect.objectContaining({ code: 'LP_PROFILE_INVALID', observed: text }))
  })

  it.each(['', '640', '640x', 'x360', '640x360x2', '640 x 360', '-1x2'])('%j is no size', (text) => {
    expect(() => parseResolution(text)).toThrow(expect.objectContaining({ code: 'LP_PROFILE_INVALID', observed: text }))
  })
})
