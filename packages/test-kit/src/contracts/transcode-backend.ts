import { generateClip, inspect, outputSize } from '@livepeer-node/media'
import type { Ladder, Plugin, TranscodeResult, TranscodeSession, TranscodeSpec } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { aProfile } from '../builders.ts'
import { createTestNode, type TestNode } from '../test-node.ts'
import { stopContract } from './stop.ts'

/** Longest one case may take: two sessions share the machine with other tests, ms. */
const CASE_LIMIT_MS = 120_000

export interface TranscodeBackendContract {
  /** The plugins under test, freshly made, with exactly two slots. */
  readonly make: () => readonly Plugin[]
  /** Kills the backend's workers as the system would. Left out: there are none to kill. */
  readonly crash?: () => void
}

const CLIP = { seconds: 1, width: 640, height: 360, fps: 30, bFrames: 2, startPtsMs: 5000 } as const

/** One rendition frame by frame, one with a rate of its own. */
const LADDER: Ladder = [
  aProfile({ name: 'same-rate', width: 320, height: 180, bitrate: 300_000 }),
  aProfile({ name: 'half-rate', width: 256, height: 144, bitrate: 200_000, fps: 15 }),
]

const never = new AbortController().signal

/** What every backend that answers `transcode.claim` must do; run it in the backend's own tests. */
export function describeTranscodeBackend(name: string, contract: TranscodeBackendContract): void {
  const { make, crash } = contract
  describe(`transcode backend ${name}`, { timeout: CASE_LIMIT_MS }, () => {
    it('offers its slots and capabilities', async () => {
      await using node = await createTestNode(...make())
      const [offer] = await node.run.transcode.offers()
      expect(offer?.slots).toBe(2)
      expect(offer?.capabilities).toContain(0)
      expect(offer?.capabilities).toContain(1)
    })

    it('transcodes a segment into its ladder: frames, times, sizes and pixels are right', async () => {
      await using node = await createTestNode(...make())
      const session = await open(node, spec('a'))
      expect(await seen(await session.transcode(segment(await generateClip(CLIP)), never))).toEqual(right())
      await session.close()
    })

    it('transcodes the segments of two sessions at once', async () => {
      await using node = await createTestNode(...make())
      const bytes = await generateClip(CLIP)
      const sessions = [await open(node, spec('a')), await open(node, spec('b'))]
      const results = await Promise.all(sessions.map((session) => session.transcode(segment(bytes), never)))
      expect(await Promise.all(results.map(seen))).toEqual([right(), right()])
    })

    it('says what peers match about bad input, and goes on with the next segment', async () => {
      await using node = await createTestNode(...make())
      const session = await open(node, spec('a'))
      await expect(session.transcode(segment(Buffer.alloc(1000, 7)), never)).rejects.toMatchObject({
        kind: 'input',
        wireText: 'Invalid data found when processing input',
      })
      expect(await seen(await session.transcode(segment(await generateClip(CLIP)), never))).toEqual(right())
    })

    it('gives up a segment when told, and goes on with the next', async () => {
      await using node = await createTestNode(...make())
      const bytes = await generateClip(CLIP)
      const session = await open(node, spec('a'))
      const cancel = new AbortController()
      const given = session.transcode(segment(bytes), cancel.signal)
      cancel.abort(new Error('the stream is gone'))
      await expect(given).rejects.toThrow('the stream is gone')
      expect(await seen(await session.transcode(segment(bytes), never))).toEqual(right())
    })

    it.runIf(crash)('delivers the segment all the same when its worker is killed', async () => {
      await using node = await createTestNode(...make())
      const bytes = await generateClip(CLIP)
      const session = await open(node, spec('a'))
      const result = session.transcode(segment(bytes), never)
      setImmediate(() => crash?.()) // the worker has the segment by then
      expect(await seen(await result)).toEqual(right())
      expect(node.lines.filter(({ message }) => message.includes('SIGKILL'))).not.toEqual([])
    })

    it('declines a session when its slots are taken, and takes one again when a slot is free', async () => {
      await using node = await createTestNode(...make())
      const [first] = [await open(node, spec('a')), await open(node, spec('b'))]
      expect(node.run.transcode.claim(spec('c'))).toBeUndefined()
      await first.close()
      expect(node.run.transcode.claim(spec('c'))).toBeDefined()
    })

    it('frees a slot once when a session is closed twice', async () => {
      await using node = await createTestNode(...make())
      const [first] = [await open(node, spec('a')), await open(node, spec('b'))]
      await first.close()
      await first.close()
      await open(node, spec('c'))
      expect(node.run.transcode.claim(spec('d'))).toBeUndefined()
    })

    stopContract({
      make,
      use: async (node) => {
        const session = await open(node, spec('a'))
        await session.transcode(segment(await generateClip({ ...CLIP, seconds: 0.2 })), never)
      },
    })
  })
}

function spec(sessionId: string): TranscodeSpec {
  return { sessionId, ladder: LADDER, provider: 'contract' }
}

function segment(bytes: Uint8Array): { seq: number; durationMs: number; bytes: Uint8Array } {
  return { seq: 1, durationMs: CLIP.seconds * 1000, bytes }
}

async function open(node: TestNode, wanted: TranscodeSpec): Promise<TranscodeSession> {
  const backend = node.run.transcode.claim(wanted)
  if (!backend) throw new Error('The backend declined a session that it has room for.')
  return backend.open(wanted, never)
}

/** What a result must say, and what must be found in it by decoding. */
function right(): unknown {
  const frames = CLIP.seconds * CLIP.fps
  return {
    decodedFrames: frames,
    decodedPixels: frames * CLIP.width * CLIP.height,
    source: { codec: 'h264', width: CLIP.width, height: CLIP.height },
    renditions: LADDER.map((profile) => {
      const rate = profile.fps || CLIP.fps
      const count = CLIP.seconds * rate
      const size = outputSize(profile, CLIP)
      const start = CLIP.startPtsMs * 90
      return {
        name: profile.name,
        claimed: { frames: count, pixels: count * size.width * size.height, ...size },
        times: Array.from({ length: count }, (_, frame) => start + (frame * 90_000) / rate),
        sizes: [`${size.width}x${size.height}`],
        startsWithKeyFrame: true,
        audioStart: start,
      }
    }),
  }
}

async function seen(result: TranscodeResult): Promise<unknown> {
  const { codec, width, height } = result.source.video ?? {}
  const { decodedFrames, decodedPixels } = result
  return {
    decodedFrames,
    decodedPixels,
    source: { codec, width, height },
    renditions: await Promise.all(
      result.renditions.map(async ({ name, bytes, frames, pixels, width: claimedWidth, height: claimedHeight }) => {
        const { video, audio } = await inspect(bytes)
        return {
          name,
          claimed: { frames, pixels, width: claimedWidth, height: claimedHeight },
          times: video.frames.map(({ pts90k }) => pts90k),
          sizes: [...new Set(video.frames.map((frame) => `${frame.width}x${frame.height}`))],
          startsWithKeyFrame: video.frames[0]?.key,
          audioStart: audio.packets[0]?.pts90k,
        }
      }),
    ),
  }
}
