import { recordedLog } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateClip } from '../../src/clip/clip.ts'
import { PORTRAIT_SIDE } from '../../src/probe/examination.ts'
import { ProbeEngine } from '../../src/probe/engine.ts'
import { small, testEngine, transcodeOne } from '../transcode/helpers.ts'

const { engine } = testEngine()
const prober = new ProbeEngine({ log: recordedLog([]) })
afterAll(() => prober.close())

const size = { seconds: 2, fps: 25, width: 320, height: 180 }
let clip: Buffer
let silentMp4: Buffer
beforeAll(async () => {
  ;[clip, silentMp4] = await Promise.all([
    generateClip({ ...size, startPtsMs: 4000, bFrames: 2 }),
    generateClip({ ...size, format: 'mp4', audio: false }),
  ])
}, 60_000)

it('counts pictures and tells their times without decoding them', async () => {
  expect(await prober.examine(clip)).toMatchObject({
    codec: 'h264',
    width: 320,
    height: 180,
    frames: 50,
    startMs: 4000,
    spanMs: 1960,
  })
  expect(await prober.examine(silentMp4)).toMatchObject({ codec: 'h264', frames: 50, spanMs: 1960 })
})

it('paints the same portrait of a source and of its rendition', async () => {
  const { rendition } = await transcodeOne(engine, small(), clip)
  const [source, copy] = [await prober.examine(clip), await prober.examine(rendition.bytes)]
  expect(copy).toMatchObject({ width: 160, height: 90, frames: 50, startMs: 4000, spanMs: 1960 })
  expect(source.portrait).toHaveLength(PORTRAIT_SIDE ** 2)
  expect(new Set(source.portrait).size).toBeGreaterThan(20)
  const apart = [...(source.portrait ?? [])].map((shade, i) => Math.abs(shade - (copy.portrait?.[i] ?? 255)))
  expect(Math.max(...apart)).toBeLessThan(40)
})

it('says what has no video, and refuses what is no media', async () => {
  const sound = await generateClip({ ...size, video: false })
  expect(await prober.examine(sound)).toMatchObject({ codec: '', frames: 0, portrait: undefined })
  await expect(prober.examine(Buffer.alloc(5000, 'no media '))).rejects.toMatchObject({ code: 'LP_MEDIA_INVALID' })
})
