import { LivepeerError, type Publisher } from '@livepeer-node/sdk'
import { aSegment, FakeClock, pluginFor } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { OrchestratorDouble } from './support/orchestrator-double.ts'
import { shape, startRig } from './support/rig.ts'

const COMPLETE = ['source', '360p', '240p']
const SOURCE_ONLY = ['source', '-360p', '-240p']

test('close waits for the tail of the segmenter and for its renditions, then ends publishers and sessions', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  stream.tail.push(aSegment({ seq: 1 }))
  await Promise.all([stream.publication.close('ended'), stream.publication.close('lost')])
  expect(stream.published.map(shape)).toEqual([COMPLETE, COMPLETE])
  expect(stream.ended).toEqual(['ended'])
  await orchestrator.until((double) => double.ended.length === 1)
  expect(orchestrator.ended).toEqual([orchestrator.segments[0]?.data.authToken?.sessionId])
})

test('packets go to the segmenter; ingest and broadcaster may both end them', async () => {
  await using rig = await startRig()
  const stream = await rig.publish()
  stream.tail.push(aSegment({ seq: 0 }))
  const packet = { kind: 'video', timestampMs: 1, data: Uint8Array.of(1) } as const
  expect(stream.publication.packets.write(packet)).toBe(true)
  expect(stream.packets).toEqual([packet])
  await stream.publication.packets.end()
  await stream.publication.close('ended')
  expect(stream.published).toHaveLength(1)
})

test('a publisher that comes back while its last segments are on their way is let in after them', async () => {
  const held = Promise.withResolvers<'ok'>()
  await using orchestrator = await OrchestratorDouble.start({ segment: () => held.promise })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const first = await rig.publish()
  first.push()
  await orchestrator.until((double) => double.segments.length === 1)
  const closing = first.publication.close('lost')
  const second = rig.publish()
  held.resolve('ok')
  const stream = await second
  await closing
  expect(first.published.map(shape)).toEqual([COMPLETE])
  expect(stream.publication.stream.id).toBe('movie')
})

test('a segmenter that gives up ends the stream with its error', async () => {
  await using rig = await startRig()
  const stream = await rig.publish()
  const error = new LivepeerError({ code: 'LP_SEGMENT_NO_KEYFRAME', kind: 'input', message: 'None.' })
  stream.sink.failed(error)
  expect(stream.publication.signal.reason).toBe(error)
  await stream.publication.close('lost')
  expect(stream.ended).toEqual(['failed'])
  await rig.publish()
})

test('draining ends the streams after what they have, and lets nobody in', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  stream.tail.push(aSegment({ seq: 1 }))
  await rig.node.drain(new AbortController().signal)
  expect(stream.publication.signal.reason).toMatchObject({ code: 'LP_DRAINING' })
  expect(stream.published.map(shape)).toEqual([COMPLETE, COMPLETE])
  expect(stream.ended).toEqual(['drained'])
  expect(orchestrator.ended).toHaveLength(1)
  await expect(rig.publish({ playbackId: 'late' })).rejects.toMatchObject({ code: 'LP_DRAINING' })
})

test.each(['authorize', 'opened'] as const)(
  'a publisher that is let in during the drain (ingest.%s) is refused after all',
  async (hook) => {
    const held = Promise.withResolvers<undefined>()
    const asked = Promise.withResolvers<void>()
    const slow = pluginFor('slow', (node) =>
      node.on.ingest[hook](() => {
        asked.resolve()
        return held.promise
      }),
    )
    await using rig = await startRig({ plugins: [slow] })
    const publishing = rig.publish()
    await asked.promise
    const drained = rig.node.drain(new AbortController().signal)
    held.resolve(undefined)
    await expect(publishing).rejects.toMatchObject({ code: 'LP_DRAINING' })
    await drained
  },
)

test('at the drain’s deadline segments go out without the renditions that are not there', async () => {
  await using orchestrator = await OrchestratorDouble.start({ segment: () => new Promise(() => {}) })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  await orchestrator.until((double) => double.segments.length === 1)
  const deadline = new AbortController()
  const drained = rig.node.drain(deadline.signal)
  deadline.abort()
  await drained
  expect(stream.published.map(shape)).toEqual([SOURCE_ONLY])
  expect(stream.published[0]?.renditions[1]).toMatchObject({ error: { code: 'LP_DRAINING' } })
  expect(stream.ended).toEqual(['drained'])
})

test('a stop without a drain leaves nothing running', async () => {
  await using orchestrator = await OrchestratorDouble.start({ segment: () => new Promise(() => {}) })
  const rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  await orchestrator.until((double) => double.segments.length === 1)
  await rig.node.stop()
  expect(stream.publication.signal.aborted).toBe(true)
  await expect(orchestrator.quiet()).resolves.toBeUndefined()
})

test('a publisher that throws is told of in the log and called again; the others do not notice', async () => {
  let calls = 0
  const failing: Publisher = {
    publish: () => {
      calls += 1
      throw new Error('disk full')
    },
    end: () => Promise.reject(new Error('still full')),
  }
  await using rig = await startRig({ publisher: () => failing, ladder: [] })
  const stream = await rig.publish()
  stream.push()
  stream.push()
  await stream.until(2)
  await stream.publication.close('ended')
  expect(calls).toBe(2)
  expect(rig.codes()).toEqual(['LP_PUBLISHER_FAILED', 'LP_PUBLISHER_FAILED', 'LP_PUBLISHER_FAILED'])
})

test('a publisher that hangs is left out after ten seconds; the others do not wait for it', async () => {
  const clock = new FakeClock()
  let calls = 0
  const hanging: Publisher = {
    publish: () => {
      calls += 1
      return new Promise(() => {})
    },
    end: () => Promise.resolve(),
  }
  await using rig = await startRig({ publisher: () => hanging, ladder: [], clock })
  const stream = await rig.publish()
  stream.push()
  stream.push()
  await stream.shown(2)
  expect(calls).toBe(1)
  await clock.advance(10_000)
  await stream.publication.close('ended')
  expect(calls).toBe(1)
  expect(rig.codes()).toEqual(['LP_PUBLISHER_STUCK'])
})

test('the status names the streams, their sessions and scores, and no key', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator], options: { streamKeys: { movie: 'hidden' } } })
  const stream = await rig.publish({ streamKey: 'hidden' })
  stream.push()
  await stream.until(1)
  const [status] = await rig.node.run.lifecycle.status()
  expect(status).toMatchObject({
    name: 'broadcaster',
    data: {
      limit: 'auto',
      streams: [
        {
          id: 'movie',
          published: 1,
          incomplete: 0,
          inFlight: 0,
          orchestrators: [{ orchestrator: orchestrator.uri, latencyScore: expect.any(Number), suspended: false }],
        },
      ],
    },
  })
  expect(JSON.stringify(status)).not.toContain('hidden')
  expect(rig.node.lines.filter(({ message }) => message === 'first segment playable')).toHaveLength(1)
})
