import { existsSync, readFileSync } from 'node:fs'
import type { MediaPacket } from '@livepeer-node/sdk'
import { AV_LOG_QUIET } from 'node-av/constants'
import { Log } from 'node-av/lib'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateClip } from '../../src/clip/clip.ts'
import { inspectMedia } from '../../src/clip/inspect.ts'
import { Demuxer } from '../../src/native/demuxer.ts'
import { newPacket } from '../../src/native/media-data.ts'
import { describeInput } from '../../src/native/media-info.ts'
import { MemoryReader } from '../../src/native/memory-io.ts'
import { SEGMENT_DEFAULTS, type SegmentOptions } from '../../src/segment/options.ts'
import { WriterPool } from '../../src/segment/segment-writer.ts'
import { type CutSegment, type ResumePoint, Segmenter } from '../../src/segment/segmenter.ts'
import { flvPackets, isHeader, isKey, shifted, sourceTimes } from '@livepeer-node/test-kit'

Log.setLevel(AV_LOG_QUIET)
const reader = new MemoryReader()
const parts = {
  pool: new WriterPool(),
  packet: newPacket(),
  probe: (bytes: Uint8Array) => {
    using demuxer = new Demuxer(reader, bytes)
    return describeInput(demuxer, bytes)
  },
}

interface Cut {
  readonly segments: CutSegment[]
  readonly points: ResumePoint[]
}

function cut(packets: readonly MediaPacket[], options: Partial<SegmentOptions> = {}, resume?: ResumePoint): Cut {
  const segments: CutSegment[] = []
  const points: ResumePoint[] = []
  const events = {
    segment: (segment: CutSegment) => void segments.push(segment),
    resumable: (point: ResumePoint) => void points.push(point),
  }
  using segmenter = new Segmenter({ ...SEGMENT_DEFAULTS, ...options }, parts, { events, ...(resume && { resume }) })
  for (const packet of packets) segmenter.push(packet)
  segmenter.end()
  return { segments, points }
}

/** All packets of all segments. */
function contents(segments: readonly CutSegment[]) {
  const all = segments.map(({ bytes }) => inspectMedia(bytes, () => {}))
  return {
    each: all,
    video: all.flatMap(({ video }) => video.packets.map(({ pts90k, dts90k }) => ({ dts: dts90k, pts: pts90k }))),
    audio: all.flatMap(({ audio }) => audio.packets.map(({ pts90k }) => pts90k)),
    frames: all.flatMap(({ video }) => video.frames.map(({ pts90k }) => pts90k)),
  }
}

const durations = ({ segments }: Cut): number[] => segments.map(({ durationMs }) => durationMs)
const codeOf = (action: () => unknown): unknown => {
  try {
    action()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return undefined
}

let clip: MediaPacket[]
let bFrames: MediaPacket[]
let tiny: MediaPacket[]
beforeAll(async () => {
  const size = { width: 160, height: 90, fps: 25 }
  const [plain, reordered, short] = await Promise.all([
    generateClip({ ...size, seconds: 7, format: 'flv' }),
    generateClip({ ...size, seconds: 5, fps: 30, bFrames: 3, gopMs: 1000, startPtsMs: 200, format: 'flv' }),
    generateClip({ ...size, seconds: 1, gopMs: 500, audio: false, format: 'flv' }),
  ])
  clip = flvPackets(plain)
  bFrames = flvPackets(reordered)
  tiny = flvPackets(short)
}, 60_000)

describe('what goes in comes out', () => {
  it('keeps every packet at 90 × ms, cuts at key frames on the grid, emits the tail', async () => {
    const made = cut(clip)
    expect(durations(made)).toEqual([2000, 2000, 2000, 1000])
    expect(made.segments.map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
    const found = contents(made.segments)
    const source = sourceTimes(clip)
    expect(found.video).toEqual(source.video)
    expect(found.audio).toEqual(source.audio)
    expect(found.frames).toHaveLength(7 * 25)
    for (const { video, decodeErrors } of found.each) {
      expect(video.packets[0]).toMatchObject({ key: true })
      expect(decodeErrors).toBe(0)
    }
    expect(made.segments.every(({ keyed }) => keyed)).toBe(true)
    expect(made.segments.some(({ discontinuity }) => discontinuity)).toBe(false)
  })

  it('keeps the order of B-frames', async () => {
    const made = cut(bFrames)
    const found = contents(made.segments)
    const source = sourceTimes(bFrames)
    expect(source.video.filter(({ pts, dts }) => pts !== dts).length).toBeGreaterThan(50)
    expect(found.video).toEqual(source.video)
    expect(found.frames).toHaveLength(150)
    expect(found.each.every(({ decodeErrors }) => decodeErrors === 0)).toBe(true)
  })

  it('says what is in a segment', () => {
    expect(cut(clip).segments[0]!.probe).toEqual({
      format: 'mpegts',
      durationMs: 2000,
      video: {
        codec: 'h264',
        codecString: expect.stringMatching(/^avc1\.[0-9a-f]{6}$/),
        width: 160,
        height: 90,
        fps: { num: 25, den: 1 },
        pixelFormat: 'yuv420p',
      },
      audio: { codec: 'aac', codecString: 'mp4a.40.2', sampleRate: 48_000, channels: 2 },
    })
  })

  it('works without audio', async () => {
    const made = cut(tiny)
    expect(made.segments[0]!.probe.audio).toBeUndefined()
    expect(contents(made.segments).frames).toHaveLength(25)
  })

  it('emits a stream that is shorter than its probing', async () => {
    const few = clip.slice(0, 8)
    const found = contents(cut(few).segments)
    expect(found.video).toEqual(sourceTimes(few).video)
  })

  const real = new URL('../../../../../shared/media/sample-360p.flv', import.meta.url)
  it.skipIf(!existsSync(real))('keeps every packet of a real recording (sample-360p.flv)', async () => {
    const packets = flvPackets(readFileSync(real))
    const found = contents(cut(packets).segments)
    const source = sourceTimes(packets)
    expect(source.video.length).toBeGreaterThan(500)
    expect(found.video).toEqual(source.video)
    expect(found.audio).toHaveLength(source.audio.length)
    found.audio.forEach((pts, i) => expect(Math.abs(pts - source.audio[i]!)).toBeLessThan(180))
  })
})

/** Key frames at these seconds, one frame each; made from one real key frame. */
function keysAt(...seconds: number[]): MediaPacket[] {
  const key = tiny.find(isKey)!
  return [tiny.find(isHeader)!, ...seconds.map((s) => ({ ...key, timestampMs: s * 1000 }))]
}

describe('where it cuts', () => {
  it('follows the cumulative grid of the reference', () => {
    const made = cut(keysAt(0, 5, 6, 7, 8, 11, 11.5, 12))
    expect(durations(made).slice(0, -1)).toEqual([5000, 1000, 1000, 1000, 3000, 1000])
  })

  it('takes another segment length', () => {
    expect(durations(cut(keysAt(0, 1, 2, 3, 4), { targetMs: 1000 })).slice(0, -1)).toEqual([1000, 1000, 1000, 1000])
  })

  it('counts a key frame whose time was rounded down', () => {
    expect(durations(cut(keysAt(0, 1, 1.999, 3, 4))).slice(0, -1)).toEqual([1999, 2001])
  })

  it('drops what comes before the first key frame, and only that', async () => {
    const first = clip.findIndex((packet) => isKey(packet))
    const headers = clip.slice(0, first)
    const afterKey = clip.slice(first + 1)
    const found = contents(cut([...headers, ...afterKey]).segments)
    const start = afterKey.findIndex((packet) => isKey(packet))
    expect(found.video).toEqual(sourceTimes(afterKey.slice(start)).video)
  })
})

describe('when the publisher changes', () => {
  it('begins a marked segment at a new header', async () => {
    const other = flvPackets(await generateClip({ seconds: 1, width: 320, height: 180, fps: 25, format: 'flv' }))
    const made = cut([...clip.filter(({ timestampMs }) => timestampMs < 1000), ...shifted(other, 1000)])
    expect(made.segments.map(({ discontinuity }) => discontinuity)).toEqual([false, true])
    expect(made.segments.map(({ probe }) => probe.video?.width)).toEqual([160, 320])
    expect(contents(made.segments).frames).toHaveLength(50)
  })

  it('does not mind a repeated header', () => {
    const header = clip.filter(isHeader)
    const made = cut([...clip.slice(0, 100), ...header, ...clip.slice(100)])
    expect(made.segments.some(({ discontinuity }) => discontinuity)).toBe(false)
    expect(durations(made)).toEqual([2000, 2000, 2000, 1000])
  })

  it.each([
    ['forward', 3_600_000],
    ['back', -5000],
  ])('begins a marked segment when the clock jumps %s', async (_, ms) => {
    const base = shifted(clip, 10_000)
    const media = clip.filter((packet) => !isHeader(packet))
    const made = cut([...base, ...shifted(media, 10_000 + ms)])
    expect(made.segments.map(({ discontinuity }) => discontinuity)).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
    ])
    expect(made.segments.map(({ durationMs }) => durationMs)).toEqual([2000, 2000, 2000, 1000, 2000, 2000, 2000, 1000])
    expect(contents(made.segments).frames).toHaveLength(2 * 7 * 25)
  })

  it('goes through the wrap of the 32-bit clock without a mark', async () => {
    const wrapping = shifted(clip, 2 ** 32 - 3000)
    const made = cut(wrapping)
    expect(durations(made)).toEqual([2000, 2000, 2000, 1000])
    expect(made.segments.some(({ discontinuity }) => discontinuity)).toBe(false)
    expect(contents(made.segments).frames).toHaveLength(175)
  })

  it('keeps packets that are late by a little', async () => {
    const jittered = clip.map((packet, i) =>
      i % 7 === 3 && !isHeader(packet)
        ? { ...packet, timestampMs: packet.timestampMs - Math.min(60, packet.timestampMs) }
        : packet,
    )
    const made = cut(jittered)
    const found = contents(made.segments)
    expect(found.video).toHaveLength(175)
    expect(made.segments.some(({ discontinuity }) => discontinuity)).toBe(false)
  })
})

describe('what it refuses', () => {
  it('a stream without key frames', () => {
    const keyless = clip.filter((packet, i) => !isKey(packet) || i < 10)
    expect(codeOf(() => cut(keyless, { keyframeLimitMs: 3000 }))).toBe('LP_SEGMENT_NO_KEYFRAME')
    expect(codeOf(() => cut(clip, { keyframeLimitMs: 3000 }))).toBeUndefined()
  })

  it('a stream without video', () => {
    const audio = clip.filter(({ kind }) => kind === 'audio')
    expect(codeOf(() => cut(audio, { keyframeLimitMs: 3000 }))).toBe('LP_SEGMENT_NO_VIDEO')
    const stopped = clip.filter(({ kind, timestampMs }) => kind === 'audio' || timestampMs < 1000)
    expect(codeOf(() => cut(stopped, { keyframeLimitMs: 3000 }))).toBe('LP_SEGMENT_NO_VIDEO')
  })

  it('a segment that grows too large', () => {
    expect(codeOf(() => cut(clip, { maxSegmentBytes: 50_000 }))).toBe('LP_SEGMENT_TOO_LARGE')
  })

  it.each([
    ['short', Buffer.from([0x17, 0, 0, 0, 0, 1, 2])],
    ['of another version', Buffer.from([0x17, 0, 0, 0, 0, 9, 100, 0, 31, 255, 224, 0])],
    ['without parameter sets', Buffer.from([0x17, 0, 0, 0, 0, 1, 100, 0, 31, 255, 224, 0])],
  ])('a header %s', (_, data) => {
    const packets = clip.map((packet) => (packet.kind === 'video' && isHeader(packet) ? { ...packet, data } : packet))
    expect(codeOf(() => cut(packets))).toBe('LP_SEGMENT_HEADER')
  })

  it('frames that are no H.264', () => {
    const broken = clip.map((packet) =>
      packet.kind === 'video' && !isHeader(packet)
        ? { ...packet, data: Buffer.concat([packet.data.subarray(0, 5), Buffer.alloc(40, 0xff)]) }
        : packet,
    )
    expect(codeOf(() => cut(broken.filter(({ kind }) => kind === 'video')))).toBe('LP_SEGMENT_DAMAGED')
  })

  it('never a single damaged frame', async () => {
    const at = clip.findIndex((packet, i) => i > 60 && packet.kind === 'video' && !isKey(packet))
    const hurt = clip.map((packet, i) =>
      i === at ? { ...packet, data: Buffer.concat([packet.data.subarray(0, 5), Buffer.alloc(40, 0xff)]) } : packet,
    )
    const found = contents(cut(hurt).segments)
    expect(found.video).toHaveLength(174)
  })
})

describe('going on elsewhere', () => {
  it.each(['clip', 'bFrames', 'jump'] as const)('makes the same segments from any cut on: %s', (name) => {
    const media = clip.filter((packet) => !isHeader(packet))
    const packets = { clip, bFrames, jump: [...clip, ...shifted(media, 3_600_000)] }[name]
    const whole = cut(packets)
    expect(whole.points.length).toBeGreaterThan(1)
    for (const point of whole.points) {
      // As it crosses to another process.
      const resumed = cut(packets.slice(point.packets), {}, structuredClone(point))
      expect(resumed.segments).toEqual(whole.segments.slice(point.seq))
    }
  })
})
