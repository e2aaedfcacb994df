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
