import transcoder from '@livepeer-node/plugin-transcoder'
import type { TranscodeBackend, TranscodeResult, TranscodeSession } from '@livepeer-node/sdk'
import { aSourceSegment, aTranscodeResult, aTranscodeSpec, createTestNode, pluginFor } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { benchOf, engineError, FakeEngine, LINES, never } from './support.ts'

/** Takes every session, and writes down its segments. */
function processor(segments: number[]): TranscodeBackend {
  const session: TranscodeSession = {
    backend: 'cpu',
    transcode: async ({ seq }) => {
      segments.push(seq)
      return aTranscodeResult()
    },
    close: () => Promise.resolve(),
  }
  return { name: 'cpu', open: () => Promise.resolve(session) }
}

describe('a session whose card fails', () => {
  it('goes on at the other card, then on the processor, without losing a segment', async () => {
    const engine = new FakeEngine()
    const { backend, machine } = benchOf(engine)
    const onCpu: number[] = []
    const cpu = pluginFor('cpu', (node) => {
      node.on.transcode.claim(() => processor(onCpu), { stage: 'fallback' })
    })
    const cards = pluginFor('cards', (node) => {
      node.on.transcode.claim((spec) => (backend.accepts(spec) ? backend : undefined))
      node.on.transcode.offers(() => [backend.offer])
    })
    await using node = await createTestNode(cards, cpu, transcoder({ maxSessions: 4 }))
    const local = node.run.transcode.local()
    const spec = aTranscodeSpec()
    const results: (TranscodeResult | undefined)[] = []
    const transcode = async (seq: number) =>
      results.push(await local?.transcode({ spec, segment: aSourceSegment({ seq }) }, never))

    await transcode(0)
    fail(0)
    await transcode(1)
    await transcode(2)
    fail(1)
    await transcode(3)
    await transcode(4)
    expect(results.map((result) => result?.renditions.length)).toEqual([2, 2, 2, 2, 2])
    expect([engine.devices, onCpu]).toEqual([
      [0, 1],
      [3, 4],
    ])
    await local?.endSession(spec.sessionId)

    function fail(card: number): void {
      machine.failing.set(card, engineError(LINES.lost))
      engine.failsToTranscode.set(card, engineError(LINES.lost))
    }
  })
})
