import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseJsonProfiles } from '../../src/profiles/json-profiles.ts'
import { P144P25, PRESETS } from '../../src/profiles/presets.ts'
import { parseTranscodingOptions } from '../../src/profiles/transcoding-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'profiles-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const one = (profile: unknown) => parseJsonProfiles([profile])[0]

describe('presets (media.md §5.1)', () => {
  it('are the thirteen that can be named', () => {
    const rows = PRESETS.map(({ name, width, height, fps, bitrate }) => `${name} ${width}x${height} ${fps} ${bitrate}`)
    expect(rows).toEqual([
      'P720p60fps16x9 1280x720 60 6000000',
      'P720p30fps16x9 1280x720 30 4000000',
      'P720p25fps16x9 1280x720 25 3500000',
      'P720p30fps4x3 960x720 30 3500000',
      'P576p30fps16x9 1024x576 30 1500000',
      'P576p25fps16x9 1024x576 25 1500000',
      'P360p30fps16x9 640x360 30 1200000',
      'P360p25fps16x9 640x360 25 1000000',
      'P360p30fps4x3 480x360 30 1000000',
      'P240p30fps16x9 426x240 30 600000',
      'P240p25fps16x9 426x240 25 600000',
      'P240p30fps4x3 320x240 30 600000',
      'P144p30fps16x9 256x144 30 400000',
    ])
  })
})

describe('parseTranscodingOptions', () => {
  it('takes names in their order, with blanks around them', () => {
    const names = parseTranscodingOptions(' P360p30fps16x9, P240p30fps16x9 ').map(({ name }) => name)
    expect(names).toEqual(['P360p30fps16x9', 'P240p30fps16x9'])
  })

  it('refuses a name that it does not know, and says which it may have been', () => {
    expect(() => parseTranscodingOptions('P240p30fps16x9,p720P30fps16X9')).toThrow(
      expect.objectContaining({
        code: 'LP_PRESET_UNKNOWN',
        observed: ['p720P30fps16X9'],
        message: 'There is no preset "p720P30fps16X9". Did you mean P720p30fps16x9?',
        remedy: expect.stringContaining('P144p30fps16x9'),
      }),
    )
  })

  it('refuses the preset that is not selectable', () => {
    expect(() => parseTranscodingOptions(P144P25.name)).toThrow(expect.objectContaining({ code: 'LP_PRESET_UNKNOWN' }))
  })

  it('refuses a name that is used twice', () => {
    const twice = 'P240p30fps16x9,P240p30fps16x9'
    expect(() => parseTranscodingOptions(twice)).toThrow(expect.objectContaining({ code: 'LP_PROFILE_INVALID' }))
  })

  it.each(['', '  ', ',', ' , '])('refuses "%s": nothing is named', (value) => {
    expect(() => parseTranscodingOptions(value)).toThrow(expect.objectContaining({ code: 'LP_PROFILES_EMPTY' }))
  })

  it('reads a JSON file', () => {
    const path = file('ladder.json', '[{"name":"hd","width":1280,"height":720,"bitrate":3000000}]')
    expect(parseTranscodingOptions(path)).toMatchObject([{ name: 'hd', width: 1280, height: 720, bitrate: 3_000_000 }])
  })

  it.each([
    ['missing', join(folder, 'missing.json')],
    ['malformed', file('malformed.json', '[{')],
  ])('refuses a %s file and names it', (_, path) => {
    const refusal = { code: 'LP_PROFILES_FILE', observed: path }
    expect(() => parseTranscodingOptions(path)).toThrow(expect.objectContaining(refusal))
  })
})

describe('parseJsonProfiles (media.md §5.2)', () => {
  it('fills in what is not given', () => {
    expect(one({ width: 1, height: 2 })).toEqual({
      name: 'custom_1x2_0',
      width: 1,
      height: 2,
      bitrate: 0,
      fps: 0,
      fpsDen: 0,
      gopMs: 0,
      codec: 'h264',
      h264Profile: 'default',
      format: 'mpegts',
      quality: 0,
    })
  })

  it('matches keys whatever their case, and lets unknown ones through', () => {
    const profile = one({
      Width: 640,
      HEIGHT: 360,
      FPSDEN: 1001,
      fps: 30_000,
      depth: 'x',
      colorDepth: 2,
      chromaFormat: 1,
    })
    expect(profile).toMatchObject({ width: 640, height: 360, fps: 30_000, fpsDen: 1001 })
  })

  it.each([
    ['1.2', 1200],
    ['60', 60_000],
    ['0', 0],
    ['0.0', 0],
    ['', 0],
    ['intra', -1],
  ])('gop "%s" is %i ms', (gop, gopMs) => {
    expect(one({ width: 640, gop })).toMatchObject({ gopMs })
  })

  it.each([' 1 ', '-0,01', '-0.001', '-1', 'Intra', '99999999'])('refuses gop "%s"', (gop) => {
    expect(() => one({ width: 640, gop })).toThrow(expect.objectContaining({ code: 'LP_PROFILE_INVALID' }))
  })

  it.each([
    ['', 'default'],
    ['None', 'default'],
    ['H264BASELINE', 'baseline'],
    ['h264main', 'main'],
    ['H264High', 'high'],
    ['h264ConstrainedHigh', 'constrained-high'],
  ])('profile "%s" is %s', (profile, h264Profile) => {
    expect(one({ width: 640, profile })).toMatchObject({ h264Profile })
  })

  it.each([
    ['H.264', 'h264'],
    ['HEVC', 'hevc'],
    ['VP8', 'vp8'],
    ['VP9', 'vp9'],
  ])('encoder "%s" is %s', (encoder, codec) => {
    expect(one({ width: 640, encoder })).toMatchObject({ codec })
  })

  it.each([
    [{ profile: 'H264Extended' }, 'unable to parse the H264 encoder profile: unknown VideoProfile profile name'],
    [{ encoder: 'hevc' }, 'unknown codec name'],
    [{ height: '360' }, 'profiles[0].height'],
    [{ fps: -1 }, 'profiles[0].fps'],
    [{ chromaFormat: 3 }, 'unknown chroma format'],
    [{ name: 'a/b' }, 'profiles[0].name'],
    [{ name: 'source' }, 'profiles[0].name'],
    [{ name: 'mylive' }, 'profiles[0].name'],
    [{ name: '..' }, 'profiles[0].name'],
    [{ width: 0 }, 'neither width nor height'],
  ])('refuses %o', (wrong, text) => {
    expect(() => one({ width: 640, ...wrong })).toThrow(
      expect.objectContaining({ code: 'LP_PROFILE_INVALID', message: expect.stringContaining(text) }),
    )
  })

  it('refuses two of one name', () => {
    const twice = [{ width: 640 }, { width: 640 }]
    expect(() => parseJsonProfiles(twice)).toThrow(expect.objectContaining({ observed: 'custom_640x0_0' }))
  })

  it.each([{}, null, 'x'])('refuses %o: no array', (value) => {
    expect(() => parseJsonProfiles(value)).toThrow(expect.objectContaining({ code: 'LP_PROFILE_INVALID' }))
  })

  it('refuses an empty array', () => {
    expect(() => parseJsonProfiles([])).toThrow(expect.objectContaining({ code: 'LP_PROFILES_EMPTY' }))
  })
})
