import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClipOptions, generateClip, inspect, splitMedia } from '../../src/index.ts'
import { clipsMissing } from '../real-clips.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livepeer-split-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function clip(options: Partial<ClipOptions>): Promise<string> {
  const path = join(folder, `clip-${Math.random()}`)
  await writeFile(path, await generateClip({ seconds: 5, width: 320, height: 180, fps: 30, gopMs: 1000, ...options }))
  return path
}

describe('splitMedia', () => {
  it.each(['mpegts', 'mp4', 'fmp4', 'flv'] as const)('cuts %s at key frames and loses no picture', async (format) => {
    const path = await clip({ format, bFrames: 2, startPtsMs: 200 })
    const { info, segments } = await splitMedia({ path, targetMs: 2000, maxSegments: 100 })
    expect(info).toMatchObject({ format: 'mpegts', video: { codec: 'h264', width: 320, height: 180 } })
    expect(segments.map(({ durationMs }) => Math.round(durationMs / 20) * 20)).toEqual([2000, 2000, 1000])
    const inspections = await Promise.all(segments.map(({ bytes }) => inspect(bytes)))
    expect(inspections.map(({ video }) => video.frames.length)).toEqual([60, 60, 30])
    for (const { video, audio, decodeErrors } of inspections) {
      expect(video.packets[0]?.key).toBe(true)
      expect(audio.packets.length).toBeGreaterThan(30)
      expect(decodeErrors).toBe(0)
    }
  })

  it('stops when it has as many as are asked for', async () => {
    const { segments } = await splitMedia({ path: await clip({}), targetMs: 1000, maxSegments: 2 })
    expect(segments).toHaveLength(2)
  })

  it('leaves a short rest out, unless there is nothing else', async () => {
    const short = await splitMedia({ path: await clip({ seconds: 2.5 }), targetMs: 2000, maxSegments: 9 })
    expect(short.segments.map(({ durationMs }) => durationMs)).toEqual([2000])
    const only = await splitMedia({ path: await clip({ seconds: 0.5 }), targetMs: 2000, maxSegments: 9 })
    expect(only.segments.map(({ durationMs }) => durationMs)).toEqual([500])
  })

  it('refuses what has no picture, is no media, or is not there', async () => {
    const path = await clip({ video: false })
    const options = { targetMs: 2000, maxSegments: 9 }
    await expect(splitMedia({ path, ...options })).rejects.toMatchObject({ code: 'LP_NO_VIDEO' })
    await writeFile(join(folder, 'text'), 'no media at all '.repeat(1000))
    await expect(splitMedia({ path: join(folder, 'text'), ...options })).rejects.toMatchObject({
      code: 'LP_MEDIA_INVALID',
    })
    await expect(splitMedia({ path: join(folder, 'nowhere'), ...options })).rejects.toThrow(/ENOENT/)
    await writeFile(join(folder, 'empty'), '')
    await expect(splitMedia({ path: join(folder, 'empty'), ...options })).rejects.toMatchObject({
      code: 'LP_MEDIA_INVALID',
    })
  })

  it('ends its process when it is cancelled', async () => {
    const cancel = new AbortController()
    const split = splitMedia({ path: await clip({}), targetMs: 2000, maxSegments: 9 }, cancel.signal)
    cancel.abort(new Error('enough'))
    await expect(split).rejects.toThrow('enough')
  })
})

describe('a playlist', () => {
  const options = { path: '', targetMs: 2000, maxSegments: 2 }
  const list = async (text: string) => {
    const path = join(folder, 'list.m3u8')
    await writeFile(path, `#EXTM3U\n${text}`)
    return { ...options, path }
  }

  it('gives the segments that it lists', async () => {
    await writeFile(join(folder, 'a b.ts'), await generateClip({ seconds: 1, width: 160, height: 90, fps: 10 }))
    const target = '#EXT-X-TARGETDURATION:1'
    const entries = '#EXTINF:1.0,\na%20b.ts\n'.repeat(3)
    const { info, segments } = await splitMedia(await list(`${target}\n${entries}`))
    expect(info.video).toMatchObject({ width: 160, height: 90 })
    expect(segments).toMatchObject([{ durationMs: 1000 }, { durationMs: 1000 }])
    const { video } = await inspect(segments[1]?.bytes ?? new Uint8Array())
    expect(video.frames).toHaveLength(10)
  })

  it.each([
    ['#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8', /master playlist/],
    ['#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nhttps://example.com/a.ts', /not a local file/],
    ['#EXT-X-TARGETDURATION:1', /no segment/],
  ])('is refused as %j', async (text, why) => {
    const refusal = splitMedia(await list(text))
    await expect(refusal).rejects.toMatchObject({ code: 'LP_PLAYLIST_UNUSABLE', message: expect.stringMatching(why) })
  })

  it('whose segment is missing says which', async () => {
    await expect(splitMedia(await list('#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nnone.ts'))).rejects.toThrow(/none\.ts/)
  })
})

describe.skipIf(clipsMissing)('real clips', () => {
  it.each([
    ['sample-720p.ts', 'h264'],
    ['sample-360p.flv', 'h264'],
    ['portrait.ts', 'h264'],
    ['videotest.mp4', 'h264'],
    ['kryp-1.ts', 'h264'],
  ])('%s', async (name, codec) => {
    const path = fileURLToPath(new URL(`../../../../../shared/media/${name}`, import.meta.url))
    const { info, segments } = await splitMedia({ path, targetMs: 2000, maxSegments: 3 })
    expect(info.video?.codec).toBe(codec)
    for (const { bytes, durationMs } of segments) {
      const { video, decodeErrors } = await inspect(bytes)
      expect(decodeErrors).toBe(0)
      expect(durationMs).toBeGreaterThan(0)
      expect(video.frames.length).toBeGreaterThan(0)
    }
  })
})
