import type { Profile } from '@livepeer-node/sdk'
import { aProfile } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { encoderOptions, keyFrameDistance } from '../../src/transcode/encoder-options.ts'

const x264 = (profile: Partial<Profile>) => encoderOptions(aProfile(profile), { kind: 'x264' })
const nvenc = (profile: Partial<Profile>) => encoderOptions(aProfile(profile), { kind: 'nvenc', device: 0 })

describe('options of libx264 (media.md §6.2)', () => {
  it('holds the rate to the bit rate with a buffer of one second', () => {
    expect(x264({ bitrate: 600_000 })).toEqual({
      preset: 'medium',
      'forced-idr': '1',
      b: '600000',
      minrate: '600000',
      maxrate: '600000',
      bufsize: '600000',
      bf: '3',
    })
  })

  it('leaves the rate to the encoder for bit rate 0', () => {
    expect(x264({ bitrate: 0 })).toEqual({ preset: 'medium', 'forced-idr': '1', bf: '3' })
  })

  it.each([
    ['baseline', 'baseline', '0'],
    ['main', 'main', '3'],
    ['high', 'high', '3'],
    ['constrained-high', 'high', '0'],
    ['default', undefined, '3'],
  ] as const)('%s', (h264Profile, profile, bf) => {
    const options = x264({ h264Profile })
    expect([options['profile'], options['bf']]).toEqual([profile, bf])
  })

  it('uses a quality up to 63, with the bit rate as its cap', () => {
    expect(x264({ quality: 63 })).toMatchObject({ crf: '63', maxrate: '600000' })
    expect(x264({ quality: 64 })).not.toHaveProperty('crf')
  })

  it('takes preset and threads', () => {
    const options = encoderOptions(aProfile(), { kind: 'x264', preset: 'veryfast', threads: 1 })
    expect(options).toMatchObject({ preset: 'veryfast', threads: '1' })
  })
})

describe('options of NVENC (media.md §6.2)', () => {
  it('has no B-frames where the profile is left open', () => {
    expect(nvenc({ fps: 30 })).toMatchObject({ bf: '0', preset: 'medium' })
  })

  it('has B-frames for main and high at a fixed rate only', () => {
    expect(nvenc({ h264Profile: 'high', fps: 30 })['bf']).toBe('3')
    expect(nvenc({ h264Profile: 'main', fps: 0 })['bf']).toBe('0')
  })

  it('turns a quality into its own scale, as far as that goes', () => {
    expect(nvenc({ quality: 44 })).toMatchObject({ cq: '51' })
    expect(nvenc({ quality: 45 })).not.toHaveProperty('cq')
  })
})

describe('keyFrameDistance (media.md §6.4)', () => {
  it.each([
    [{ gopMs: 2000, fps: 30 }, 60],
    [{ gopMs: 2000, fps: 30, fpsDen: 1 }, 60],
    [{ gopMs: 2000, fps: 30_000, fpsDen: 1001 }, 60],
    [{ gopMs: 1, fps: 30 }, 1],
    [{ gopMs: -1, fps: 30 }, 0],
    [{ gopMs: -1, fps: 0 }, 0],
    [{ gopMs: 0, fps: 30 }, undefined],
    [{ gopMs: 2000, fps: 0 }, undefined],
  ])('%o is %s', (profile, distance) => {
    expect(keyFrameDistance(aProfile(profile))).toBe(distance)
  })
})
