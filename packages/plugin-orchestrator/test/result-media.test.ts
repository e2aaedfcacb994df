import { generateClip, TranscodeEngine } from '@livepeer-node/media'
import type { NotifySegment, ResultPart } from '@livepeer-node/protocol'
import { aProfile, FakeClock, recordedLog } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resultOf } from './support/broadcaster.ts'
import { loggedCodes, type Started, statusOf } from './support/node.ts'
import { attach, broadcaster, withRemote } from './support/set-up.ts'
import { aCard, type TestTranscoder } from './support/transcoder.ts'

const ladder = [
  aProfile({ name: 'big', width: 320, height: 180, bitrate: 300_000 }),
  aProfile({ name: 'small', width: 160, height: 90, bitrate: 100_000 }),
]
const engine = new TranscodeEngine({ log: recordedLog([]) })
afterAll(() => engine.close())
/** Two streams of the same age that show different pictures. */
let one: Buffer
let two: Buffer
const made = new Map<Buffer, ResultPart[]>()
/** Renditions of the second one's pictures, some seconds later. */
let late: Promise<ResultPart[]>

async function transcode(bytes: Buffer): Promise<ResultPart[]> {
  const session = await engine.open(
    { sessionId: String(bytes.length), ladder, provider: 'test' },
    { kind: 'x264', preset: 'ultrafast' },
  )
  const { renditions } = await session.transcode({ seq: 0, durationMs: 1000, bytes }, new AbortController().signal)
  await session.close()
  return renditions.map((rendition) => ({ ...rendition }))
}

beforeAll(async () => {
  const clip = { seconds: 1, fps: 25, startPtsMs: 4000 }
  ;[one, two] = await Promise.all([
    generateClip({ ...clip, width: 480, height: 270 }),
    generateClip({ ...clip, width: 480, height: 270, picture: 'mandelbrot' }),
  ])
  for (const bytes of [one, two]) made.set(bytes, await transcode(bytes))
  late = generateClip({ ...clip, startPtsMs: 14_000, width: 480, height: 270, picture: 'mandelbrot' }).then(transcode)
  await late
}, 60_000)

const honest = async (job: NotifySegment, t: TestTranscoder) => {
  const { body } = await t.fetch(job)
  return { parts: [one, two].filter((bytes) => bytes.equals(body)).flatMap((bytes) => made.get(bytes) ?? []) }
}
type Work = typeof honest

/** Two segments through a liar and an honest transcoder that comes when the liar has both. */
async function sell(lie: Work, count = 2): Promise<{ started: Started; outcomes: (string | undefined)[] }> {
  // Its time stands still: results wait for as long as the look into them takes.
  const started = await withRemote({ options: { checkResults: 0.05 }, clock: new FakeClock() })
  const both = Promise.withResolvers<void>()
  const liar = await attach(started, {
    card: aCard('liar'),
    work: async (job, t) => {
      await both.promise
      return await lie(job, t)
    },
  })
  const calls = []
  for (const bytes of [one, two].slice(0, count)) {
    const b = await broadcaster(started)
    calls.push(b.send({ bytes, ladder, durationMs: 1000 }).answer)
  }
  await liar.whenJobs(count)
  const good = await attach(started, { card: aCard('good'), work: honest })
  both.resolve()
  const outcomes = (await Promise.all(calls)).map((answer) => resultOf(answer).result.case)
  expect(good.jobs.length).toBe(lie === honest ? 0 : count)
  return { started, outcomes }
}

async function suspended(started: Started): Promise<string[]> {
  return (await statusOf(started)).transcoders.filter((t) => 'suspendedUntil' in t).map(({ name }) => name)
}

/** A segment through a transcoder while it is honest, and the next one as it lies about it. */
async function turn(lie: Work): Promise<{ started: Started; outcomes: (string | undefined)[]; good: TestTranscoder }> {
  const started = await withRemote({ options: { checkResults: 1e-9 }, clock: new FakeClock() })
  const liar = await attach(started, {
    card: aCard('liar'),
    work: (job, t) => (liar.jobs.length > 1 ? lie(job, t) : honest(job, t)),
  })
  const b = await broadcaster(started)
  const first = await b.segment({ bytes: one, ladder, durationMs: 1000 })
  const good = await attach(started, { card: aCard('good'), work: honest })
  const second = await b.segment({ seq: 1n, bytes: two, ladder, durationMs: 1000 })
  return { started, outcomes: [first, second].map(({ result }) => result.result.case), good }
}

const spoil =
  (how: (part: ResultPart) => ResultPart): Work =>
  async (job, t) => ({ parts: (await honest(job, t)).parts.map(how) })

describe('renditions of a transcoder that was honest before', () => {
  it('pass as long as it stays so', async () => {
    const { started, outcomes, good } = await turn(honest)
    expect(outcomes).toEqual(['data', 'data'])
    expect(good.jobs).toEqual([])
    expect(loggedCodes(started)).toEqual([])
  })

  it.each<[string, Work, string]>([
    ['that are no media', spoil((part) => ({ ...part, bytes: Buffer.alloc(9000, 1) })), 'LP_RESULT_NO_MEDIA'],
    [
      'that only look like media',
      spoil((part) => ({ ...part, bytes: part.bytes.map((byte, at) => (at % 188 < 4 ? byte : byte ^ 0x5a)) })),
      'LP_RESULT_NO_MEDIA',
    ],
    ['that break off', spoil((part) => ({ ...part, bytes: part.bytes.subarray(0, 1000) })), 'LP_RESULT_NO_MEDIA'],
    [
      'of which half is missing',
      spoil((part) => ({ ...part, bytes: part.bytes.subarray(0, 188 * Math.floor(part.bytes.length / 376)) })),
      'LP_RESULT_PIXELS',
    ],
    ['with more pixels than before', spoil((part) => ({ ...part, pixels: 1.2 * part.pixels })), 'LP_RESULT_PIXELS'],
    ['of the segment before', async () => ({ parts: made.get(one) ?? [] }), 'LP_RESULT_FOREIGN'],
    ['of another time', async () => ({ parts: await late }), 'LP_RESULT_FOREIGN'],
  ])('%s are refused at once all the same', async (_, lie, code) => {
    const { started, outcomes, good } = await turn(lie)
    expect(outcomes).toEqual(['data', 'data'])
    expect(loggedCodes(started)[0]).toContain(code)
    expect(good.jobs).toHaveLength(1)
    expect(await suspended(started)).toEqual(['liar'])
  })
})

describe('real renditions', () => {
  it('of an honest transcoder pass', async () => {
    const { started, outcomes } = await sell(honest)
    expect(outcomes).toEqual(['data', 'data'])
    expect(loggedCodes(started)).toEqual([])
  })

  it.each<[string, Work, string]>([
    [
      'of two streams that are swapped',
      async (job, t) => {
        const { body } = await t.fetch(job)
        return { parts: made.get(one.equals(body) ? two : one) ?? [] }
      },
      'LP_RESULT_FOREIGN',
    ],
    [
      'with twice the pixels',
      async (job, t) => {
        const { parts } = await honest(job, t)
        return { parts: parts.map((part) => ({ ...part, pixels: 2 * part.pixels })) }
      },
      'LP_RESULT_PIXELS',
    ],
    [
      'in each other’s place',
      async (job, t) => ({ parts: (await honest(job, t)).parts.toReversed() }),
      'LP_RESULT_PROFILE',
    ],
    [
      'that are the source',
      async (job, t) => {
        const { body } = await t.fetch(job)
        return { parts: ladder.map(() => ({ bytes: body, format: 'mpegts' as const, pixels: 1 })) }
      },
      'LP_RESULT_PROFILE',
    ],
    [
      'that are no media',
      async (job, t) => ({
        parts: (await honest(job, t)).parts.map((part) => ({ ...part, bytes: Buffer.alloc(9000, 1) })),
      }),
      'LP_RESULT_NO_MEDIA',
    ],
  ])('%s are refused, another one does the work, and the liar is suspended', async (_, lie, code) => {
    const { started, outcomes } = await sell(lie)
    expect(outcomes).toEqual(['data', 'data'])
    expect(loggedCodes(started)).toContain(code)
    expect(await suspended(started)).toEqual(['liar'])
  })
})
