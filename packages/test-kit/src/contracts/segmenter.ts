import { type ClipOptions, generateClip, inspect } from '@livepeer-node/media'
import type { LivepeerError, MediaPacket, PacketSink, Plugin, Segment, SegmentSink } from '@livepeer-node/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { aStream } from '../builders.ts'
import { createTestNode, type TestNode } from '../test-node.ts'
import { flvPackets, isKey, shifted, sourceTimes } from './flv.ts'
import { stopContract } from './stop.ts'

export interface SegmenterContract {
  /** The plugins under test, freshly made; together they answer `segment.open`. */
  readonly make: () => readonly Plugin[]
}

const CLIP: ClipOptions = { seconds: 5, width: 160, height: 90, fps: 25, gopMs: 1000, startPtsMs: 200, format: 'flv' }

/** What every segmenter must do: nothing lost, nothing moved in time, cuts at key frames, the tail emitted, failures told. */
export function describeSegmenter(name: string, { make }: SegmenterContract): void {
  describe(`${name} as a segmenter`, () => {
    let clip: MediaPacket[]
    beforeAll(async () => {
      clip = flvPackets(await generateClip(CLIP))
    }, 60_000)

    it('keeps every frame and its time', async () => {
      await using node = await createTestNode(...make())
      const { segments } = await cut(node, clip)
      await expectWhole(segments, clip)
      expect(segments.length).toBeGreaterThan(1)
    })

    it('keeps the order of B-frames, in a stream without audio', async () => {
      await using node = await createTestNode(...make())
      const packets = flvPackets(await generateClip({ ...CLIP, bFrames: 3, audio: false }))
      const { segments } = await cut(node, packets)
      await expectWhole(segments, packets)
      expect(segments.every(({ probe }) => probe.audio === undefined)).toBe(true)
    })

    it('keeps streams apart', async () => {
      await using node = await createTestNode(...make())
      const later = shifted(clip, 100_000)
      const [one, two] = await Promise.all([cut(node, clip, 'one'), cut(node, later, 'two')])
      await Promise.all([expectWhole(one.segments, clip), expectWhole(two.segments, later)])
      expect(new Set(one.segments.map(({ streamId }) => streamId))).toEqual(new Set(['one']))
      expect(new Set(two.segments.map(({ streamId }) => streamId))).toEqual(new Set(['two']))
    })

    it('loses nothing when its writer waits as told', async () => {
      await using node = await createTestNode(...make())
      const packets = [clip, ...[1, 2, 3, 4, 5].map((round) => shifted(clip, round * 5000))].flat()
      const { segments } = await cut(node, packets)
      expect(segments.map(({ seq }) => seq)).toEqual(segments.map((_, i) => i))
      expect(total(segments)).toBeGreaterThanOrEqual(29_000)
    })

    it('marks the segment in front of which the clock jumped', async () => {
      await using node = await createTestNode(...make())
      const { segments } = await cut(node, [...clip, ...shifted(clip, 3_600_000)])
      expect(segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1)
      expect(total(segments)).toBeLessThan(20_000)
    })

    it('tells once, with a remedy, that a stream has no key frames', async () => {
      await using node = await createTestNode(...make())
      const long = [clip, ...[1, 2, 3, 4, 5, 6, 7].map((round) => shifted(clip, round * 5000))].flat()
      const { segments, failures } = await cut(
        node,
        long.filter((packet) => !isKey(packet)),
      )
      expect(segments).toEqual([])
      expect(failures).toHaveLength(1)
      expect(failures[0]).toMatchObject({
        kind: 'input',
        code: expect.stringMatching(/^LP_/),
        remedy: expect.any(String),
      })
    })

    it('hands on nothing after abort', async () => {
      await using node = await createTestNode(...make())
      const { packets, segments, failures } = open(node, 'movie')
      for (const packet of clip) packets.write(packet)
      await packets.abort()
      const before = segments.length
      await packets.end()
      expect(segments).toHaveLength(before)
      expect(failures).toEqual([])
    })

    stopContract({ make, use: async (node) => void (await cut(node, clip)) })
  })
}

interface Opened {
  readonly packets: PacketSink
  readonly segments: readonly Segment[]
  readonly failures: readonly LivepeerError[]
}

function open(node: TestNode, streamId: string): Opened {
  const segments: Segment[] = []
  const failures: LivepeerError[] = []
  const sink: SegmentSink = {
    segment: (segment) => void segments.push(segment),
    failed: (error) => void failures.push(error),
  }
  const packets = node.run.segment.open(aStream({ id: streamId }), sink)
  if (!packets) throw new Error('Nobody answered segment.open.')
  return { packets, segments, failures }
}

async function cut(node: TestNode, source: readonly MediaPacket[], streamId = 'movie'): Promise<Opened> {
  const opened = open(node, streamId)
  for (const packet of source) if (!opened.packets.write(packet)) await opened.packets.ready()
  await opened.packets.end()
  return opened
}

function total(segments: readonly Segment[]): number {
  return segments.reduce((sum, { durationMs }) => sum + durationMs, 0)
}

/** All frames of the source, at their times, in one row; each segment opens with a key frame and needs no other one. */
async function expectWhole(segments: readonly Segment[], source: readonly MediaPacket[]): Promise<void> {
  expect(segments.map(({ seq }) => seq)).toEqual(segments.map((_, i) => i))
  expect(segments.every(({ keyed, discontinuity }) => keyed && !discontinuity)).toBe(true)
  const { video, audio, decodeErrors } = await inspect(Buffer.concat(segments.map(({ bytes }) => bytes)))
  const times = sourceTimes(source)
  expect(video.packets.map(({ dts90k, pts90k }) => ({ dts: dts90k, pts: pts90k }))).toEqual(times.video)
  expect(audio.packets).toHaveLength(times.audio.length)
  expect(video.frames).toHaveLength(times.video.length)
  expect(decodeErrors).toBe(0)
  const last = await inspect(segments.at(-1)?.bytes ?? Buffer.alloc(0))
  expect(last.video.packets[0]?.key).toBe(true)
  expect(last.video.frames).toHaveLength(last.video.packets.length)
  expect(last.decodeErrors).toBe(0)
}
