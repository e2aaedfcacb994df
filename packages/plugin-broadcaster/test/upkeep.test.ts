import { FakeClock } from '@livepeer-node/test-kit'
import type { SegmentReport } from '@livepeer-node/sdk'
import { expect, test } from 'vitest'
import { pass } from './support/fake-time.ts'
import { OrchestratorDouble } from './support/orchestrator-double.ts'
import { startRig } from './support/rig.ts'
import { Upkeep } from '../src/upkeep.ts'

function report(over: Partial<SegmentReport> = {}): SegmentReport {
  return { streamId: 'a', seq: 0, durationMs: 2000, sourceBytes: 1, latencyMs: 500, attempts: [], missing: [], ...over }
}

const slow = report({ latencyMs: 3001 })

test('a node whose segments are shown in time keeps up', () => {
  const upkeep = new Upkeep(new FakeClock())
  for (let n = 0; n < 80; n++) upkeep.reported(report({ latencyMs: 3000 }))
  for (let n = 0; n < 20; n++) upkeep.reported(slow)
  expect(upkeep.slowness()).toBeUndefined()
  upkeep.reported(slow)
  expect(upkeep.slowness()).toEqual({ slow: 21, segments: 101, limit: 0.2 })
})

function attempt(error: string): SegmentReport {
  return report({ attempts: [{ orchestrator: 'https://a', ms: 1, error }], missing: ['x'] })
}

test('an orchestrator that took too long is slowness, that there is none is not', () => {
  const upkeep = new Upkeep(new FakeClock())
  for (let n = 0; n < 10; n++) upkeep.reported(attempt('LP_ORCHESTRATOR_UNREACHABLE'))
  expect(upkeep.slowness()).toBeUndefined()
  for (let n = 0; n < 10; n++) upkeep.reported(attempt('LP_ORCHESTRATOR_SLOW'))
  expect(upkeep.slowness()).toMatchObject({ slow: 10, segments: 20 })
})

test('few segments say nothing, and what was a minute ago neither', async () => {
  const clock = new FakeClock()
  const upkeep = new Upkeep(clock)
  for (let n = 0; n < 9; n++) upkeep.reported(slow)
  expect(upkeep.slowness()).toBeUndefined()
  upkeep.reported(slow)
  expect(upkeep.slowness()).toBeDefined()
  await clock.advance(60_001)
  expect(upkeep.slowness()).toBeUndefined()
})

/** Ten segments that take too long, then another publisher. */
async function waiting(maxSessions: 'auto' | number): Promise<void> {
  const clock = new FakeClock()
  await using orchestrator = await OrchestratorDouble.start({}, () => clock.now())
  await using rig = await startRig({ orchestrators: [orchestrator], clock, options: { maxSessions } })
  const stream = await rig.publish({ playbackId: 'first' })
  for (let n = 1; n <= 10; n++) {
    const held = Promise.withResolvers<'ok'>()
    orchestrator.behaviour.segment = () => held.promise
    stream.push()
    await pass(clock, () => orchestrator.segments.length === n)
    await clock.advance(3100)
    held.resolve('ok')
    await pass(clock, () => rig.reports.length === n)
  }
  await rig.publish({ playbackId: 'second' })
}

test('a broadcaster that does not keep up refuses a further publisher, with what it saw; one with a number does not', async () => {
  await expect(waiting('auto')).rejects.toMatchObject({
    code: 'LP_STREAM_LIMIT',
    observed: '10 of the last 10 segments were too slow',
    limit: '20 % of the segments of a minute',
    remedy: expect.stringContaining('maxSessions'),
  })
  await expect(waiting(5)).resolves.toBeUndefined()
})

test('what is counted and remembered can be read, and is nothing when the streams have ended', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  await stream.until(1)
  const values = async () =>
    Object.fromEntries((await rig.node.run.lifecycle.metrics()).map(({ name, value }) => [name, value]))
  expect(await values()).toMatchObject({
    livepeer_current_sessions_total: 1,
    livepeer_stream_created_total: 1,
    livepeer_segment_source_emerged_total: 1,
    livepeer_segment_transcoded_total: 1,
  })
  const section = async () => (await rig.node.run.lifecycle.status()).find(({ name }) => name === 'broadcaster')
  expect(await section()).toMatchObject({ work: { streams: 1 }, data: { registries: { streams: 1, sessions: 1 } } })
  await stream.publication.close('ended')
  await orchestrator.until(({ ended }) => ended.length === 1)
  await rig.node.drain(AbortSignal.timeout(10_000))
  expect(await section()).toMatchObject({
    work: { streams: 0 },
    data: { registries: { streams: 0, sessions: 0, leaving: 0, suspensions: 0, endCalls: 0 } },
  })
  expect(await values()).toMatchObject({ livepeer_current_sessions_total: 0, livepeer_stream_ended_total: 1 })
})
