import type { EncodedRendition, Plugin, SourceSegment, TranscodeResult, TranscodeSpec } from '@livepeer-node/sdk'
import { expect, it } from 'vitest'
import { aLadder, aMediaInfo, aProfile } from '../../src/builders.ts'
import { type Spoil, spoilResults, type SpoilOptions } from '../../src/faults/spoil-results.ts'
import { pluginFor } from '../../src/plugin-for.ts'
import { createTestNode, type TestNode } from '../../src/test-node.ts'

const LADDER = aLadder()
const never = new AbortController().signal

/** Renditions are made of the session's and the segment's name, so that they can be told apart. */
function rendition(name: string, text: string): EncodedRendition {
  const { width, height } = aProfile()
  return { name, bytes: Buffer.from(`${name} ${text}`), format: 'mpegts', frames: 1, pixels: 1, width, height }
}

const right = (sessionId: string, seq: number): TranscodeResult => ({
  renditions: LADDER.map(({ name }) => rendition(name, `${sessionId} ${seq}`)),
  decodedFrames: 1,
  decodedPixels: 1,
  source: aMediaInfo(),
})

const backend: Plugin = pluginFor('honest', (node) => {
  node.on.transcode.claim(() => ({
    name: 'honest',
    open: async ({ sessionId }) => ({
      backend: 'honest',
      transcode: async ({ seq }) => right(sessionId, seq),
      close: async () => {},
    }),
  }))
})

const segment = (seq: number): SourceSegment => ({ seq, durationMs: 2000, bytes: Buffer.alloc(1) })

async function sessions(node: TestNode, ...ids: string[]) {
  return Promise.all(
    ids.map(async (sessionId) => {
      const spec: TranscodeSpec = { sessionId, ladder: LADDER, provider: '' }
      const session = await node.run.transcode.claim(spec)?.open(spec, never)
      if (!session) throw new Error('nobody claimed it')
      return (seq: number) => session.transcode(segment(seq), never)
    }),
  )
}

const texts = (result: TranscodeResult) => result.renditions.map(({ bytes }) => Buffer.from(bytes).toString())

/** What two sessions, `a` and `b`, get for their segments 0 and 1, in turn. */
async function results(how: Spoil, options?: SpoilOptions): Promise<TranscodeResult[]> {
  await using node = await createTestNode(spoilResults(backend, how, options))
  const [a, b] = await sessions(node, 'a', 'b')
  if (!a || !b) throw new Error('two sessions')
  return [await a(0), await b(0), await a(1), await b(1)]
}

it('swapped: what another session got last', async () => {
  const [, b0, a1] = await results('swapped')
  expect(b0).toEqual(right('a', 0))
  expect(a1).toEqual(right('b', 0))
})

it('stale: the segment before', async () => {
  const [a0, , a1] = await results('stale')
  expect(a0).toEqual(right('a', 0))
  expect(a1).toEqual(right('a', 0))
})

it('fewer: the last rendition is missing', async () => {
  const [a0] = await results('fewer')
  expect(a0?.renditions.map(({ name }) => name)).toEqual(LADDER.slice(0, -1).map(({ name }) => name))
})

it('sizes: bytes under other names', async () => {
  const [a0] = await results('sizes')
  expect(a0 && texts(a0)).toEqual(texts(right('a', 0)).toReversed())
})

it('garbage has the length of what it replaces; truncated half of it', async () => {
  const lengths = texts(right('a', 0)).map(({ length }) => length)
  const [garbage] = await results('garbage')
  expect(garbage && texts(garbage)).not.toEqual(texts(right('a', 0)))
  expect(garbage?.renditions.map(({ bytes }) => bytes.length)).toEqual(lengths)
  const [truncated] = await results('truncated')
  expect(truncated?.renditions.map(({ bytes }) => bytes.length)).toEqual(
    lengths.map((length) => Math.floor(length / 2)),
  )
})

it('begins after as many right results as told, and ends after as many wrong ones', async () => {
  const all = await results('garbage', { after: 1, times: 2 })
  const wrong = all.map((result, index) => texts(result)[0] !== texts(right('ab'[index % 2] ?? '', index >> 1))[0])
  expect(wrong).toEqual([false, true, true, false])
})
