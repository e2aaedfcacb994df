import { describe, expect, it } from 'vitest'
import { capabilityNumbers, jobCapabilities, type JobNeeds } from '../../src/index.ts'
import { P144, profile, untyped } from '../support/values.ts'

const INPUT = { codec: 'h264', pixelFormat: '' }
const bits = (needs: Partial<JobNeeds>): bigint => jobCapabilities({ input: INPUT, ladder: [], ...needs })

describe('capabilities of a job', () => {
  it('without outputs', () => expect(bits({})).toBe(4097n))

  it('with outputs of all kinds', () => {
    const ladder = [
      profile({ format: 'mpegts', fpsDen: 1, h264Profile: 'main' }),
      profile({ format: 'mp4', h264Profile: 'high', gopMs: 1 }),
    ]
    expect(bits({ ladder, storage: 's3' })).toBe(6959n)
    expect(capabilityNumbers(bits({ ladder, storage: 's3' }))).toEqual([0, 1, 2, 3, 5, 8, 9, 11, 12])
  })

  it('with key frames alone needs a GOP too', () => {
    expect(capabilityNumbers(bits({ ladder: [profile({ gopMs: -1 })] }))).toEqual([0, 1, 11, 12])
  })

  it('with one MPEG-TS output of a fractional frame rate, verified or not', () => {
    const ladder = [profile({ fpsDen: 1 })]
    expect(capabilityNumbers(bits({ ladder }))).toEqual([0, 1, 3, 12])
    expect(capabilityNumbers(bits({ ladder, verification: true }))).toEqual([0, 1, 3, 12, 14])
  })

  it.each([
    ['RTMP', {}, 4099n],
    ['push', { segmentParameters: true }, 67_112_963n],
    ['push to MP4', { segmentParameters: true, ladder: [profile({ format: 'mp4' })] }, 67_112_965n],
    ['push to fragmented MP4', { segmentParameters: true, ladder: [profile({ format: 'fmp4' })] }, 67_112_965n],
    ['push, verified', { segmentParameters: true, verification: true }, 67_129_347n],
  ] satisfies [string, Partial<JobNeeds>, bigint][])('%s', (_name, needs, expected) => {
    expect(bits({ ladder: [P144], ...needs })).toBe(expected)
  })

  it.each([
    ['yuv420p', []],
    ['yuvj420p', []],
    ['nv12', []],
    ['nv21', []],
    ['', []],
    ['gbrp', []],
    ['yuv422p', [22]],
    ['yuv444p', [21]],
    ['yuv420p10le', [25]],
    ['yuv420p10be', [25]],
    ['p010le', [25]],
    ['yuv422p10le', [24]],
    ['yuv444p10le', [23]],
    ['yuyv422', [22]],
    ['uyvy422', [22]],
  ])('H.264 input in %s', (pixelFormat, extra) => {
    const added = capabilityNumbers(bits({ input: { codec: 'h264', pixelFormat } }) & ~4097n)
    expect(added).toEqual(extra)
  })

  it('H.264 input that no capability names is an error', () => {
    expect(() => bits({ input: { codec: 'h264', pixelFormat: 'yuv420p12le' } })).toThrow(
      expect.objectContaining({
        code: 'LP_CAPABILITY_UNSUPPORTED',
        observed: 'yuv420p12le',
        wireText: 'capability: unsupported pixel format chroma=420 colorBits=12',
      }),
    )
  })

  it.each([
    ['hevc', [12, 15]],
    ['vp8', [12, 17]],
    ['vp9', [12, 18]],
    ['theora', [0, 12]],
  ])('%s input', (codec, expected) => {
    expect(capabilityNumbers(bits({ input: { codec, pixelFormat: 'yuv420p' } }))).toEqual(expected)
  })

  it('only H.264 input is asked for its pixel format', () => {
    expect(capabilityNumbers(bits({ input: { codec: 'hevc', pixelFormat: 'yuv420p12le' } }))).toEqual([12, 15])
  })

  it('encoders, H.264 profiles, Google’s storage', () => {
    const input = { codec: 'vp9', pixelFormat: '' }
    const ladder = [
      profile({ codec: 'hevc', h264Profile: 'baseline' }),
      profile({ codec: 'vp8', h264Profile: 'constrained-high' }),
      profile({ codec: 'vp9' }),
    ]
    const expected = [1, 6, 7, 10, 12, 16, 18, 19, 20]
    expect(capabilityNumbers(bits({ input, ladder, storage: 'gcs' }))).toEqual(expected)
  })

  it.each([
    [{ format: untyped('avi') }, 'capability: unknown format'],
    [{ codec: untyped('av1') }, 'capability: unknown codec'],
    [{ h264Profile: untyped('toString') }, 'capability: unknown profile'],
  ])('%j is an error', (changes, wireText) => {
    expect(() => bits({ ladder: [profile(changes)] })).toThrow(
      expect.objectContaining({ code: 'LP_CAPABILITY_UNSUPPORTED', wireText }),
    )
  })
})
