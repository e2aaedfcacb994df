import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { generateClip } from '../../src/clip/clip.ts'
import { ProbeEngine } from '../../src/probe/engine.ts'

let clip: Buffer
let mp4: Buffer
let prober: ProbeEngine
const lines: LogLine[] = []
beforeAll(async () => {
  const size = { seconds: 2, width: 320, height: 180, fps: 25 }
  ;[clip, mp4] = await Promise.all([
    generateClip(size),
    generateClip({ ...size, format: 'mp4', audio: false, bFrames: 2 }),
  ])
}, 60_000)
beforeEach(() => {
  prober = new ProbeEngine({ log: recordedLog(lines) })
})
afterEach(() => prober.close())

it('says what is in MPEG-TS', async () => {
  expect(await prober.probe(clip)).toEqual({
    format: 'mpegts',
    durationMs: expect.toSatisfy((ms: number) => Math.abs(ms - 2000) < 50),
    video: {
      codec: 'h264',
      codecString: expect.stringMatching(/^avc1\.42[0-9a-f]{4}$/), // ultrafast makes Baseline
      width: 320,
      height: 180,
      fps: { num: 25, den: 1 },
      pixelFormat: 'yuv420p',
    },
    audio: { codec: 'aac', codecString: 'mp4a.40.2', sampleRate: 48_000, channels: 2 },
  })
})

it('says what is in MP4', async () => {
  expect(await prober.probe(mp4)).toMatchObject({
    format: 'mp4',
    durationMs: 2000,
    video: { width: 320 },
    audio: undefined,
  })
})

it('counts the frames and pixels that are really there', async () => {
  expect(await prober.measure(clip)).toEqual({ frames: 50, pixels: 50 * 320 * 180 })
  expect(await prober.measure(mp4)).toEqual({ frames: 50, pixels: 50 * 320 * 180 })
})

it.each([
  ['nothing', Buffer.alloc(0)],
  ['garbage', Buffer.alloc(5000, 'no media ')],
  ['a playlist', Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/passwd\n')],
])('refuses %s', async (_, bytes) => {
  await expect(prober.probe(bytes)).rejects.toMatchObject({ code: 'LP_MEDIA_INVALID' })
  await expect(prober.measure(bytes)).rejects.toMatchObject({ code: 'LP_MEDIA_INVALID' })
  expect(await prober.measure(clip)).toMatchObject({ frames: 50 })
})

it('is started ahead where somebody wants that, once', async () => {
  await prober.prewarm()
  const { pid } = prober
  await prober.probe(clip)
  expect(pid).toBeDefined()
  expect(prober.pid).toBe(pid)
})

it('starts nothing before it is asked, keeps its worker, and asks again when that is killed', async () => {
  expect(prober.pid).toBeUndefined()
  await prober.probe(clip)
  const { pid } = prober
  const questions = [prober.measure(clip), prober.probe(clip), prober.measure(mp4)]
  process.kill(pid!, 'SIGKILL')
  expect(await Promise.all(questions)).toMatchObject([{ frames: 50 }, { format: 'mpegts' }, { frames: 50 }])
  expect(prober.pid).not.toBe(pid)
})
