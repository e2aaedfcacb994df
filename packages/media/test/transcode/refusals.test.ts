import { describe, expect, it } from 'vitest'
import { clipsMissing, realClip } from '../real-clips.ts'
import { clip, FAST, never, segmentOf, small, testEngine, transcodeOne } from './helpers.ts'

const { engine } = testEngine()

/** What a peer reads, and what we say about it, for this input. */
async function refusal(bytes: Uint8Array, profile = small()): Promise<unknown> {
  const session = await engine.open({ sessionId: 'refusals', ladder: [profile], provider: '' }, FAST)
  const error: unknown = await session.transcode(segmentOf(bytes), never).catch((thrown: unknown) => thrown)
  const next = await session.transcode(segmentOf(await clip()), never)
  if (next.decodedFrames !== 30) throw new Error('The session is not as good as new.')
  await session.close()
  return error
}

const invalid = { code: 'LP_MEDIA_INVALID', kind: 'input', wireText: 'Invalid data found when processing input' }

describe('input that cannot be transcoded', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.alloc(1000, 0x55)],
    ['a playlist that names a file', Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/etc/hostname\n')],
    ['a script that names a file', Buffer.from("ffconcat version 1.0\nfile '/etc/hostname'\n")],
  ])('%s', async (_, bytes) => {
    expect(await refusal(bytes)).toMatchObject(invalid)
  })

  it('the head of a transport stream only', async () => {
    const source = await clip()
    expect(await refusal(source.subarray(0, 188 * 3))).toMatchObject({ kind: 'input' })
  })

  it('no video', async () => {
    const source = await clip({ video: false })
    expect(await refusal(source)).toMatchObject({ code: 'LP_NO_VIDEO', wireText: 'TranscoderInvalidVideo' })
  })

  it('more than 300 s', async () => {
    const source = await clip({ seconds: 302, fps: 1, audio: false })
    expect(await refusal(source)).toMatchObject({
      code: 'LP_SEGMENT_TOO_LONG',
      wireText: 'TranscoderInvalidDuration',
      limit: '300 s',
    })
  })

  it('another codec', async () => {
    const source = await clip({ format: 'mp4', audio: false })
    source.write('mp4v', source.indexOf('avc1', source.indexOf('stsd')))
    expect(await refusal(source)).toMatchObject({
      code: 'LP_CODEC_UNSUPPORTED',
      wireText: 'Unsupported input codec',
      observed: 'mpeg4',
    })
  })

  it('gaps that a fixed rate would fill with 25 frames and more for each real one', async () => {
    const frames = [0, 1, 2, 3, 4].map((part) =>
      clip({ seconds: 0.04, fps: 25, audio: false, startPtsMs: part * 10_000 }),
    )
    const source = Buffer.concat(await Promise.all(frames))
    expect(await refusal(source, small({ fps: 5 }))).toMatchObject({
      code: 'LP_RUNAWAY',
      wireText: 'Encoded frames runaway',
    })
  })

  it('a damaged part costs no more than its own frames', async () => {
    const source = await clip({ seconds: 2, gopMs: 500 })
    source.fill(0x55, 188 * 200, 188 * 260)
    const { out, result } = await transcodeOne(engine, small(), source)
    expect(out.video.frames.length).toBe(result.decodedFrames)
    expect(result.decodedFrames).toBeGreaterThan(30)
  })

  it.skipIf(clipsMissing)('kryp-2.ts: no key frame', async () => {
    const bytes = realClip('kryp-2.ts')
    expect(await refusal(bytes)).toMatchObject({ code: 'LP_NO_KEY_FRAMES', wireText: 'No keyframes in input' })
  })
})

describe('ladders that cannot be made', () => {
  it.each([
    ['empty', [], { code: 'LP_LADDER_EMPTY', wireText: 'Invalid argument' }],
    [
      'of eleven',
      Array.from({ length: 11 }, (_, rung) => small({ name: `r${rung}` })),
      { code: 'LP_TOO_MANY_OUTPUTS', wireText: 'Too many outputs', observed: 11, limit: 10 },
    ],
    ['in HEVC', [small({ codec: 'hevc' })], { code: 'LP_ENCODER_MISSING', wireText: 'Encoder not found' }],
  ])('%s', async (_, ladder, error) => {
    await expect(engine.open({ sessionId: 'x', ladder, provider: '' }, FAST)).rejects.toMatchObject(error)
  })

  it('ten are made', async () => {
    const ladder = Array.from({ length: 10 }, (_, rung) => small({ name: `r${rung}` }))
    const session = await engine.open({ sessionId: 'ten', ladder, provider: '' }, FAST)
    const { renditions } = await session.transcode(segmentOf(await clip({ seconds: 0.2 })), never)
    expect(renditions.map(({ name }) => name)).toEqual(ladder.map(({ name }) => name))
  })
})
