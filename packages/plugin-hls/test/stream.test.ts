import { describe, expect, test } from 'vitest'
import type { MediaInfo } from '@livepeer-node/sdk'
import { type HlsSettings, HlsStream } from '../src/stream.ts'
import { readMaster, readMedia } from './parsers.ts'
import { info, ManualClock, profile, recordingLog, segment, type SegmentInit, stream } from './support.ts'

const SETTINGS: HlsSettings = { listed: 6, spare: 6, maxBytes: 1e9, segmentMs: 2000, maxGaps: 3 }

interface Made {
  readonly hls: HlsStream
  readonly clock: ManualClock
  readonly lines: ReturnType<typeof recordingLog>['lines']
  publish(init: SegmentInit): Promise<void>
}

function make(over: Partial<HlsSettings> = {}, probe?: (bytes: Uint8Array) => Promise<MediaInfo>): Made {
  const clock = new ManualClock()
  const { log, lines } = recordingLog()
  const hls = new HlsStream(stream(), { ...SETTINGS, ...over }, { clock, log, probe: (bytes) => probe?.(bytes) })
  return {
    hls,
    clock,
    lines,
    publish: async (init) => {
      await hls.publish(segment(init))
      clock.advance(init.durationMs ?? 2000)
    },
  }
}

function media(made: Made, rendition: string) {
  return readMedia(made.hls.playlist(rendition) ?? '')
}

describe('the master playlist', () => {
  test('is not there before the first segment', () => {
    expect(make().hls.master()).toBeUndefined()
  })

  test('lists source first, then the ladder, relative to /stream/', async () => {
    const made = make()
    await made.publish({ seq: 0 })
    const uris = readMaster(made.hls.master() ?? '').map((variant) => variant.uri)
    expect(uris).toEqual(['cam/source.m3u8', 'cam/P360.m3u8', 'cam/P240.m3u8'])
  })

  test('lists a rendition from its first real segment on', async () => {
    const made = make()
    await made.publish({ seq: 0, missing: ['P360', 'P240'] })
    expect(readMaster(made.hls.master() ?? '')).toHaveLength(1)
    expect(made.hls.playlist('P240')).toBeUndefined()
    await made.publish({ seq: 1, missing: ['P360'] })
    expect(readMaster(made.hls.master() ?? '').map((variant) => variant.uri)).toEqual([
      'cam/source.m3u8',
      'cam/P240.m3u8',
    ])
  })

  test('shows what the probe saw, not what was asked for', async () => {
    const made = make({}, () =>
      Promise.resolve(info({ width: 640, height: 358, codecString: 'avc1.4d401e', fps: { num: 30_000, den: 1001 } })),
    )
    await made.publish({ seq: 0 })
    const [source, p360] = readMaster(made.hls.master() ?? '')
    expect(source).toMatchObject({ resolution: '1280x720', codecs: 'avc1.64001f,mp4a.40.2', frameRate: 30 })
    expect(p360).toMatchObject({ resolution: '640x358', codecs: 'avc1.4d401e,mp4a.40.2', frameRate: 29.97 })
  })

  test('falls back to the profile where nobody can look, and leaves CODECS out', async () => {
    const made = make()
    await made.publish({ seq: 0 })
    const p360 = readMaster(made.hls.master() ?? '')[1]
    expect(p360?.resolution).toBe('640x360')
    expect(p360?.codecs).toBeUndefined()
  })

  test('BANDWIDTH is the densest segment, never less than declared; AVERAGE-BANDWIDTH is what came', async () => {
    const made = make()
    await made.publish({ seq: 0, byteLength: 250_000 })
    await made.publish({ seq: 1, byteLength: 500_000 })
    await made.publish({ seq: 2, byteLength: 250_000 })
    const [source, p360] = readMaster(made.hls.master() ?? '')
    expect(source?.bandwidth).toBe(2_000_000)
    expect(source?.averageBandwidth).toBe(Math.ceil((1_000_000 * 8) / 6))
    expect(p360?.bandwidth).toBe(2_000_000)
    const sparse = make()
    await sparse.publish({ seq: 0, byteLength: 1000 })
    expect(readMaster(sparse.hls.master() ?? '').map((variant) => variant.bandwidth)).toEqual([4000, 800_000, 400_000])
  })

  test('a short last segment does not count for BANDWIDTH', async () => {
    const made = make()
    await made.publish({ seq: 0, byteLength: 250_000 })
    await made.publish({ seq: 1, byteLength: 100_000, durationMs: 100 })
    expect(readMaster(made.hls.master() ?? '')[0]?.bandwidth).toBe(1_000_000)
  })

  test('describes the source anew when its codec changes', async () => {
    const made = make({}, () => Promise.resolve(info()))
    await made.publish({ seq: 0 })
    const changed = info({ codecString: 'avc1.42c01f', width: 854, height: 480 })
    await made.publish({ seq: 1, discontinuity: true, source: changed })
    expect(readMaster(made.hls.master() ?? '')[0]).toMatchObject({
      resolution: '854x480',
      codecs: 'avc1.42c01f,mp4a.40.2',
    })
  })

  test('looks at renditions anew after a discontinuity, and only then', async () => {
    let looks = 0
    const made = make({}, () => Promise.resolve(info({ height: 100 + looks++ })))
    await made.publish({ seq: 0 })
    await made.publish({ seq: 1 })
    expect(looks).toBe(2)
    await made.publish({ seq: 2, discontinuity: true })
    expect(looks).toBe(4)
    expect(readMaster(made.hls.master() ?? '')[1]?.resolution).toBe('1280x102')
  })
})

describe('a rendition that fails', () => {
  test('is a gap in its place; all levels stay on the same numbers and nothing old is served', async () => {
    const made = make()
    await made.publish({ seq: 0 })
    await made.publish({ seq: 1, missing: ['P240'] })
    await made.publish({ seq: 2 })
    const [source, p240] = [media(made, 'source'), media(made, 'P240')]
    expect(p240.segments.map((entry) => entry.gap)).toEqual([false, true, false])
    expect(source.segments.map((entry) => entry.gap)).toEqual([false, false, false])
    expect(p240.segments.map((entry) => [entry.seq, entry.dateMs])).toEqual(
      source.segments.map((entry) => [entry.seq, entry.dateMs]),
    )
    expect(made.hls.media('P240', 1)).toBeUndefined()
    expect(made.hls.playlist('P240')).toContain('#EXT-X-VERSION:8')
    expect(made.hls.playlist('source')).toContain('#EXT-X-VERSION:3')
  })

  test('leaves the master after maxGaps in a row, stays playable as gaps, and comes back with its next segment', async () => {
    const made = make({ maxGaps: 3 })
    await made.publish({ seq: 0 })
    await made.publish({ seq: 1, missing: ['P240'] })
    await made.publish({ seq: 2, missing: ['P240'] })
    expect(readMaster(made.hls.master() ?? '')).toHaveLength(3)
    expect(made.lines).toEqual([])
    await made.publish({ seq: 3, missing: ['P240'] })
    expect(readMaster(made.hls.master() ?? '').map((variant) => variant.uri)).not.toContain('cam/P240.m3u8')
    expect(made.lines).toMatchObject([
      { level: 'warn', fields: { rendition: 'P240', observed: 3, reason: 'P240 was lost' } },
    ])
    expect(media(made, 'P240').segments.map((entry) => entry.gap)).toEqual([false, true, true, true])
    await made.publish({ seq: 4 })
    expect(readMaster(made.hls.master() ?? '')).toHaveLength(3)
  })

  test('one whose probe fails is listed by its profile and logged, and looked at again', async () => {
    let failing = true
    const made = make({}, () => (failing ? Promise.reject(new Error('no media')) : Promise.resolve(info())))
    await made.publish({ seq: 0 })
    expect(readMaster(made.hls.master() ?? '')[1]?.resolution).toBe('640x360')
    expect(made.lines.map((line) => line.fields['code'])).toEqual(['LP_HLS_PROBE', 'LP_HLS_PROBE'])
    failing = false
    await made.publish({ seq: 1 })
    expect(readMaster(made.hls.master() ?? '')[1]?.resolution).toBe('1280x720')
  })

  test('a probe that hangs holds a segment up for three seconds and no longer', async () => {
    const made = make({}, () => new Promise(() => undefined))
    const published = made.hls.publish(segment({ seq: 0 }))
    expect(made.hls.newestSeq).toBeUndefined()
    made.clock.advance(3000)
    await published
    expect(made.hls.newestSeq).toBe(0)
    expect(made.clock.waiting).toBe(0)
  })
})

describe('a media playlist', () => {
  test('begins with the first segment’s own number', async () => {
    const made = make()
    await made.publish({ seq: 100 })
    expect(media(made, 'source').mediaSequence).toBe(100)
    expect(media(made, 'source').segments.map((entry) => entry.uri)).toEqual(['source/100.ts'])
  })

  test('slides: six listed, twelve fetched, older ones gone', async () => {
    const made = make()
    for (let seq = 0; seq < 20; seq += 1) await made.publish({ seq })
    const { mediaSequence, segments } = media(made, 'P360')
    expect(mediaSequence).toBe(14)
    expect(segments.map((entry) => entry.seq)).toEqual([14, 15, 16, 17, 18, 19])
    expect(made.hls.media('P360', 8)?.bytes[0]).toBe(8)
    expect(made.hls.media('P360', 7)).toBeUndefined()
    expect(made.hls.media('P360', 20)).toBeUndefined()
  })

  test('counts discontinuities that slid out', async () => {
    const made = make()
    for (let seq = 0; seq < 5; seq += 1) await made.publish({ seq, discontinuity: seq === 2 || seq === 0 })
    expect(media(made, 'source')).toMatchObject({ discontinuitySequence: 0 })
    expect(media(made, 'source').segments.map((entry) => entry.discontinuity)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ])
    for (let seq = 5; seq < 8; seq += 1) await made.publish({ seq })
    // Entry 2 is the first one now, its tag still there.
    expect(media(made, 'source')).toMatchObject({ mediaSequence: 2, discontinuitySequence: 0 })
    await made.publish({ seq: 8 })
    expect(media(made, 'source')).toMatchObject({ mediaSequence: 3, discontinuitySequence: 1 })
  })

  test('a target duration fits the first segment and stays, whatever shorter ones follow', async () => {
    const made = make()
    await made.publish({ seq: 0, durationMs: 4100 })
    await made.publish({ seq: 1, durationMs: 900 })
    expect(media(made, 'source').targetDuration).toBe(4)
    expect(made.lines).toEqual([])
  })

  test('a longer segment raises the target duration, with a warning', async () => {
    const made = make()
    await made.publish({ seq: 0, durationMs: 2002 })
    expect(media(made, 'source').targetDuration).toBe(2)
    await made.publish({ seq: 1, durationMs: 5000 })
    expect(media(made, 'source').targetDuration).toBe(5)
    expect(made.lines).toMatchObject([{ level: 'warn', fields: { observed: 5, limit: 2 } }])
    for (let seq = 2; seq < 20; seq += 1) await made.publish({ seq })
    expect(media(made, 'source').targetDuration).toBe(5)
  })

  test('dates run on from the start of the stream', async () => {
    const made = make()
    await made.publish({ seq: 0 })
    await made.publish({ seq: 1, durationMs: 3000 })
    await made.publish({ seq: 2 })
    const { startedAt } = made.hls.stream
    expect(media(made, 'source').segments.map((entry) => entry.dateMs - startedAt)).toEqual([0, 2000, 5000])
  })

  test('a discontinuity takes the date from the wall clock again', async () => {
    const made = make()
    await made.publish({ seq: 0 })
    made.clock.advance(60_000)
    await made.publish({ seq: 1, discontinuity: true })
    const [first, second] = media(made, 'source').segments
    expect((second?.dateMs ?? 0) - (first?.dateMs ?? 0)).toBe(62_000)
  })

  test('ends with EXT-X-ENDLIST, and takes nothing more', async () => {
    const made = make()
    await made.publish({ seq: 0 })
    expect(media(made, 'source').ended).toBe(false)
    await made.hls.end('ended')
    expect(media(made, 'source').ended).toBe(true)
    await expect(made.hls.publish(segment({ seq: 1 }))).rejects.toMatchObject({ code: 'LP_HLS_ENDED' })
  })

  test('refuses a hole and a repetition, and stays as it was', async () => {
    const made = make()
    await made.publish({ seq: 0 })
    await expect(made.hls.publish(segment({ seq: 2 }))).rejects.toMatchObject({ code: 'LP_HLS_SEQUENCE', limit: 1 })
    await expect(made.hls.publish(segment({ seq: 0 }))).rejects.toMatchObject({ code: 'LP_HLS_SEQUENCE' })
    expect(media(made, 'source').segments).toHaveLength(1)
  })
})

test('memory is bounded in bytes: the playlist gets shorter, once with a warning, and stays playable', async () => {
  const made = make({ maxBytes: 10_000 })
  for (let seq = 0; seq < 20; seq += 1) await made.publish({ seq, byteLength: 1000 })
  expect(made.hls.bytes).toBeLessThanOrEqual(10_000)
  expect(media(made, 'P240').segments.map((entry) => entry.seq)).toEqual([17, 18, 19])
  expect(made.lines.filter((line) => line.fields['limit'] === 10_000)).toHaveLength(1)
  await made.publish({ seq: 20, byteLength: 20_000 })
  expect(media(made, 'source').segments.map((entry) => entry.seq)).toEqual([20])
})

test('ladder names that need escaping are escaped', async () => {
  const ladder = [profile('360p live')]
  const { log } = recordingLog()
  const peers = { clock: new ManualClock(), log, probe: () => undefined }
  const hls = new HlsStream(stream({ id: 'a b', ladder }), SETTINGS, peers)
  await hls.publish(segment({ seq: 0, ladder }))
  expect(readMaster(hls.master() ?? '')[1]?.uri).toBe('a%20b/360p%20live.m3u8')
  expect(readMedia(hls.playlist('360p live') ?? '').segments[0]?.uri).toBe('360p%20live/0.ts')
})
