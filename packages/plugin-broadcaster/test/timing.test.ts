import { FakeClock } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { type Behaviour, OrchestratorDouble, type SegmentAnswer } from './support/orchestrator-double.ts'
import { pass, setUp } from './support/fake-time.ts'
import { shape, startRig } from './support/rig.ts'

const COMPLETE = ['source', '360p', '240p']
const SOURCE_ONLY = ['source', '-360p', '-240p']
const never = new Promise<never>(() => {})

const SLOW: readonly [string, Behaviour, waitMs: number, code: string][] = [
  [
    'does not answer the upload',
    { beforeHeaders: ({ n }) => (n === 0 ? never : Promise.resolve()) },
    2000,
    'LP_ORCHESTRATOR_TIMEOUT',
  ],
  [
    'does not give a rendition',
    {
      download: (() => {
        let n = 0
        return () => (n++ === 0 ? never : 200)
      })(),
    },
    4000,
    'LP_DOWNLOAD_FAILED',
  ],
]

test.each(SLOW)(
  'an orchestrator that %s is given up after its time, and no sooner',
  async (_, behaviour, waitMs, code) => {
    const clock = new FakeClock()
    await using orchestrator = await OrchestratorDouble.start(behaviour, () => clock.now())
    await using setting = await setUp([orchestrator], clock)
    const { rig, stream } = setting
    stream.push()
    await pass(clock, () => rig.reports.length === 1)
    expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual([code, undefined])
    const ms = rig.reports[0]?.attempts[0]?.ms ?? 0
    expect(ms).toBeGreaterThanOrEqual(waitMs)
    expect(ms).toBeLessThanOrEqual(waitMs + 1000)
    expect(stream.published.map(shape)).toEqual([COMPLETE])
  },
)

test('the only orchestrator that does not finish in time keeps its session, and the next segment goes to it', async () => {
  const clock = new FakeClock()
  const behaviour: Behaviour = { segment: ({ n }): SegmentAnswer | Promise<SegmentAnswer> => (n === 0 ? never : 'ok') }
  await using orchestrator = await OrchestratorDouble.start(behaviour, () => clock.now())
  await using setting = await setUp([orchestrator], clock)
  const { rig, stream } = setting
  stream.push()
  const waited = await pass(clock, () => rig.reports.length === 1)
  expect(waited).toBeGreaterThanOrEqual(8000)
  expect(waited).toBeLessThanOrEqual(9000)
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual(['LP_ORCHESTRATOR_SLOW'])
  stream.push()
  await stream.until(2)
  expect(stream.published.map(shape)).toEqual([SOURCE_ONLY, COMPLETE])
  const sessions = orchestrator.segments.map(({ data }) => data.authToken?.sessionId)
  expect(new Set(sessions).size).toBe(1)
  expect(orchestrator.ended).toEqual([])
  expect(orchestrator.asked).toHaveLength(1)
})

test.each(['OrchestratorBusy', 'TranscoderBusy'])(
  'the only orchestrator that says %s is asked again in the same session',
  async (text) => {
    await using orchestrator = await OrchestratorDouble.start({
      segment: ({ n }) => (n === 0 ? { error: text } : 'ok'),
    })
    await using rig = await startRig({ orchestrators: [orchestrator] })
    const stream = await rig.publish()
    stream.push()
    const [set] = await stream.until(1)
    expect(shape(set)).toEqual(COMPLETE)
    expect(orchestrator.asked).toHaveLength(1)
    expect(orchestrator.ended).toEqual([])
  },
)

test('long segments get longer: half their duration for the upload, four times for the whole', async () => {
  const clock = new FakeClock()
  await using orchestrator = await OrchestratorDouble.start({ segment: () => never }, () => clock.now())
  await using setting = await setUp([orchestrator], clock)
  const { rig, stream } = setting
  stream.push({ durationMs: 10_000 })
  const waited = await pass(clock, () => rig.reports.length === 1, 250)
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual(['LP_ORCHESTRATOR_SLOW'])
  expect(waited).toBeGreaterThanOrEqual(40_000)
})

test('when all orchestrators are gone the source goes on alone, at once after the first wait, until one is back', async () => {
  const clock = new FakeClock()
  await using orchestrator = await OrchestratorDouble.start({}, () => clock.now())
  await using setting = await setUp([orchestrator], clock)
  const { rig, stream } = setting
  stream.push()
  await stream.until(1)
  await orchestrator.stop()
  stream.push()
  const waited = await pass(clock, () => rig.reports.length === 2)
  expect(waited).toBeGreaterThanOrEqual(6000)
  expect(waited).toBeLessThanOrEqual(7000)
  stream.push()
  await stream.until(3)
  expect(stream.published.map(shape)).toEqual([COMPLETE, SOURCE_ONLY, SOURCE_ONLY])
  expect(stream.published[2]?.renditions[1]).toMatchObject({ error: { code: 'LP_NO_ORCHESTRATOR' } })
  expect(rig.node.lines.findLast(({ message }) => message === 'renditions missing')?.fields).toMatchObject({
    seq: 2,
    code: 'LP_NO_ORCHESTRATOR',
    reason: expect.stringContaining('none is usable'),
  })
  await orchestrator.start()
  await pass(clock, () => orchestrator.asked.length > 1)
  await orchestrator.until((double) => double.warmed > 1)
  stream.push()
  await stream.until(4)
  expect(shape(stream.published[3])).toEqual(COMPLETE)
})

test('without any orchestrator at all the source goes out after the first wait', async () => {
  await using setting = await setUp([])
  const { clock, rig, stream } = setting
  stream.push()
  await pass(clock, () => rig.reports.length === 1)
  expect(shape(stream.published[0])).toEqual(SOURCE_ONLY)
  expect(clock.monotonic()).toBeLessThanOrEqual(6100)
  stream.push()
  await stream.until(2)
})

test('too many segments at once: the next goes out without renditions, and the oldest is given up in the end', async () => {
  const clock = new FakeClock()
  await using orchestrator = await OrchestratorDouble.start({ segment: () => never }, () => clock.now())
  await using rig = await startRig({ orchestrators: [orchestrator], clock, options: { maxSegmentsInFlight: 2 } })
  const stream = await rig.publish()
  for (let n = 0; n < 4; n++) stream.push()
  await orchestrator.until((double) => double.segments.length > 0)
  expect(stream.published).toHaveLength(0)
  stream.push()
  await stream.until(1)
  const codes = () =>
    stream.published.map(({ renditions: [, first] }) => (first && !first.ok ? first.error.code : 'ok'))
  expect(codes()).toEqual(['LP_SEGMENT_LATE'])
  for (let n = 0; n < 8; n++) stream.push()
  await stream.until(13)
  expect(codes().slice(0, 4)).toEqual([
    'LP_SEGMENT_LATE',
    'LP_SEGMENT_LATE',
    'LP_SEGMENT_BACKLOG',
    'LP_SEGMENT_BACKLOG',
  ])
  expect(stream.published.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, n) => n))
})

test('a token is renewed before its end, in the last tenth of its life at the latest, under a new session, and the old one is ended', async () => {
  const clock = new FakeClock()
  await using orchestrator = await OrchestratorDouble.start({}, () => clock.now())
  await using setting = await setUp([orchestrator], clock)
  const { stream } = setting
  const session = () => orchestrator.segments.at(-1)?.data.authToken?.sessionId
  stream.push()
  await stream.until(1)
  const first = session()
  await clock.advance(1_070_000)
  stream.push()
  await stream.until(2)
  expect(session()).toBe(first)
  expect(orchestrator.asked).toHaveLength(1)
  await clock.advance(560_000)
  stream.push()
  await stream.until(3)
  expect(session()).not.toBe(first)
  expect(orchestrator.asked).toHaveLength(2)
  await orchestrator.until((double) => double.ended.length === 1)
  expect(orchestrator.ended).toEqual([first])
})

test('a full orchestrator that refuses the renewal keeps its stream as long as the token holds', async () => {
  const clock = new FakeClock()
  await using orchestrator = await OrchestratorDouble.start({}, () => clock.now())
  await using setting = await setUp([orchestrator], clock)
  const { rig, stream } = setting
  stream.push()
  await stream.until(1)
  orchestrator.behaviour.getOrchestrator = () => {
    if (orchestrator.ended.length === 0) throw new Error('OrchestratorCapped')
  }
  await clock.advance(1_630_000)
  stream.push()
  await stream.until(2)
  await clock.advance(171_000)
  stream.push()
  await pass(clock, () => rig.reports.length === 3)
  expect(stream.published.map(shape)).toEqual([COMPLETE, COMPLETE, COMPLETE])
})

test('one that cannot keep up is left for another, with scores in the log', async () => {
  const clock = new FakeClock()
  const held = Promise.withResolvers<number>()
  await using slow = await OrchestratorDouble.start({ download: () => held.promise }, () => clock.now())
  await using other = await OrchestratorDouble.start(
    { getOrchestrator: () => slow.until((double) => double.warmed > 0) },
    () => clock.now(),
  )
  await using setting = await setUp([slow, other], clock)
  const { rig, stream } = setting
  await other.until((double) => double.warmed > 0)
  stream.push()
  await slow.until((double) => double.downloads.length === 2)
  await clock.advance(2500)
  held.resolve(200)
  await stream.until(1)
  stream.push()
  await stream.until(2)
  expect(other.segments).toHaveLength(1)
  expect(rig.node.lines.find(({ message }) => message === 'orchestrator changed')?.fields).toMatchObject({
    from: slow.uri,
    fromScore: expect.closeTo(1.25),
    orchestrator: other.uri,
    reason: 'not tried yet',
  })
  stream.push()
  await stream.until(3)
  expect(other.segments).toHaveLength(2)
})

test('one that failed sits out a round, and is looked for again while the other works', async () => {
  const clock = new FakeClock()
  await using a = await OrchestratorDouble.start({ segment: ({ n }) => (n === 0 ? { error: 'boom' } : 'ok') }, () =>
    clock.now(),
  )
  await using b = await OrchestratorDouble.start(
    { getOrchestrator: () => a.until((double) => double.warmed > 0) },
    () => clock.now(),
  )
  await using setting = await setUp([a, b], clock)
  const { stream } = setting
  await b.until((double) => double.warmed > 0)
  let pushed = 0
  const push = async () => {
    stream.push()
    pushed += 1
    await stream.until(pushed)
  }
  await push()
  expect(a.segments).toHaveLength(1)
  for (let n = 0; n < 3; n++) await push()
  expect(a.asked).toHaveLength(1)
  await clock.advance(30_000)
  await push()
  await a.until((double) => double.asked.length === 2)
  expect(stream.published.map(shape)).toEqual(stream.published.map(() => COMPLETE))
})
