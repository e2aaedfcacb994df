import { describe, expect, it } from 'vitest'
import { inspect } from '../../src/index.ts'
import { clipsMissing, realClip } from '../real-clips.ts'
import {
  clip,
  decodedPixels,
  keyFrames,
  PROVIDER,
  small,
  testEngine,
  transcode,
  transcodeOne,
  videoTimes,
} from './helpers.ts'

const { engine } = testEngine()

describe('times', () => {
  it.each(['mpegts', 'mp4', 'fmp4'] as const)(
    'frame by frame, %s keeps the PTS of a source with B-frames',
    async (format) => {
      const source = await clip({ bFrames: 3 })
      const { out } = await transcodeOne(engine, small({ format }), source)
      expect(videoTimes(out)).toEqual(videoTimes(await inspect(source)))
      expect(out.info.format).toBe(format)
    },
  )

  it('keeps the PTS of a source that starts at 0, though DTS before it would be negative', async () => {
    const source = await clip({ bFrames: 2, startPtsMs: 0, format: 'mp4' })
    const { out } = await transcodeOne(engine, small(), source)
    expect(videoTimes(out)).toEqual(videoTimes(await inspect(source)))
    expect(out.video.frames[0]?.pts90k).toBe(0)
    const dts = out.video.packets.map(({ dts90k }) => dts90k)
    expect(dts).toEqual(dts.toSorted((a, b) => a - b))
    expect(out.video.packets.filter(({ pts90k, dts90k }) => dts90k > pts90k || dts90k < 0)).toEqual([])
  })

  it.each([
    [30, 0, 60],
    [15, 0, 30],
    [123, 0, 246],
    [24_000, 1001, 48],
    [30_000, 1001, 60],
    [60_000, 1001, 120],
  ])('makes of 120 frames in 2 s, at %i/%i, %i', async (fps, fpsDen, frames) => {
    const source = await clip({ seconds: 2, fps: 60 })
    const { out, rendition } = await transcodeOne(engine, small({ fps, fpsDen }), source)
    expect(out.video.frames.length).toBe(frames)
    expect(rendition.frames).toBe(frames)
    expect(rendition.pixels).toBe(decodedPixels(out))
  })

  it('makes a frame even where the rate leaves no room for it', async () => {
    const source = await clip({ seconds: 0.04, fps: 25, audio: false })
    const { out, rendition } = await transcodeOne(engine, small({ fps: 1 }), source)
    expect(out.video.frames.length).toBe(1)
    expect(rendition.frames).toBe(1)
  })

  it('copies audio, packet by packet', async () => {
    const source = await clip()
    const { out } = await transcodeOne(engine, small(), source)
    expect(out.audio.packets).toEqual((await inspect(source)).audio.packets)
    expect(out.audio.packets.length).toBe(47)
  })

  it('goes without audio', async () => {
    const { out } = await transcodeOne(engine, small(), await clip({ audio: false }))
    expect(out.info.audio).toBeUndefined()
    expect(out.video.frames.length).toBe(30)
  })
})

describe('key frames (media.md §6.4)', () => {
  it.each([
    ['none is asked for', { gopMs: 0 }, 1],
    ['every frame', { gopMs: -1 }, 60],
    ['0.3 s, frame by frame', { gopMs: 300 }, 7],
    ['0.5 s at a fixed rate', { gopMs: 500, fps: 30 }, 4],
    ['0.5 s at a fractional rate', { gopMs: 500, fps: 30_000, fpsDen: 1001 }, 4],
  ])('%s', async (_, profile, keys) => {
    const source = await clip({ seconds: 2, gopMs: 250 })
    const { out } = await transcodeOne(engine, small(profile), source)
    expect(keyFrames(out)).toBe(keys)
    expect(out.video.frames[0]?.key).toBe(true)
  })
})

describe('containers (media.md §6.6)', () => {
  it('names the provider in MPEG-TS', async () => {
    const { rendition } = await transcodeOne(engine, small(), await clip())
    expect(Buffer.from(rendition.bytes).includes(PROVIDER)).toBe(true)
  })

  it('has the index of an MP4 in front, and the comment in it', async () => {
    const { rendition, out } = await transcodeOne(engine, small({ format: 'mp4' }), await clip())
    const bytes = Buffer.from(rendition.bytes)
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
    expect(bytes.includes(`Processed by ${PROVIDER}`)).toBe(true)
    expect(out.decodeErrors).toBe(0)
  })

  it('has fragments and the audio of a transport stream in a fragmented MP4', async () => {
    const { rendition, out } = await transcodeOne(engine, small({ format: 'fmp4' }), await clip())
    expect(Buffer.from(rendition.bytes).includes('moof')).toBe(true)
    expect(out.info).toMatchObject({ durationMs: 1003, audio: { codec: 'aac', sampleRate: 48_000, channels: 2 } })
  })
})

describe('sizes (media.md §5.3, §6.9)', () => {
  it('opens the encoder anew when the size changes within a segment, and counts real pixels', async () => {
    const shapes = [
      [100, 56],
      [56, 100],
      [100, 56],
    ] as const
    const parts = await Promise.all(
      shapes.map(([width, height], part) =>
        clip({ seconds: 2, width, height, fps: 60, audio: false, startPtsMs: 2000 * part }),
      ),
    )
    const ladder = [
      small({ name: 'all', width: 256, height: 144 }),
      small({ name: 'half', width: 256, height: 144, fps: 30 }),
      small({ name: 'mp4', width: 256, height: 144, format: 'mp4' }),
    ]
    const result = await transcode(engine, ladder, Buffer.concat(parts))
    expect(result.decodedFrames).toBe(360)
    for (const rendition of result.renditions) {
      const out = await inspect(rendition.bytes)
      const expected = rendition.name === 'half' ? 180 : 360
      expect([out.video.frames.length, rendition.frames]).toEqual([expected, expected])
      expect(rendition.pixels).toBe(decodedPixels(out))
      const sizes = out.video.frames.map(({ width, height }) => `${width}x${height}`)
      expect(sizes.filter((size, frame) => size !== sizes[frame - 1])).toEqual(['256x144', '146x260', '256x144'])
    }
  })

  it.skipIf(clipsMissing)('portrait.ts: is turned with its source', async () => {
    const bytes = realClip('portrait.ts')
    const { out, rendition } = await transcodeOne(engine, small({ width: 640, height: 360 }), bytes)
    expect(rendition).toMatchObject({ width: 360, height: 640, frames: 30 })
    expect(out.video.frames[0]).toMatchObject({ width: 360, height: 640 })
  })

  it.skipIf(clipsMissing)('sample-720p.ts: 4:2:2 comes out as 4:2:0, every frame of it', async () => {
    const bytes = realClip('sample-720p.ts')
    const { out, result } = await transcodeOne(engine, small(), bytes)
    expect(result.source.video?.pixelFormat).toBe('yuv422p')
    expect(out.info.video?.pixelFormat).toBe('yuv420p')
    expect(out.video.frames.length).toBe(217)
  })
})
