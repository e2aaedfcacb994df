import { pluginFor } from '@livepeer-node/test-kit'
import type { SessionOutcome } from '@livepeer-node/sdk'
import { expect, test } from 'vitest'
import { OrchestratorDouble } from './support/orchestrator-double.ts'
import { shape, startRig } from './support/rig.ts'

const COMPLETE = ['source', '360p', '240p']

test('a plugin’s strategy is asked for each segment and decides', async () => {
  await using a = await OrchestratorDouble.start()
  await using b = await OrchestratorDouble.start()
  const turns = pluginFor('turns', (node) => {
    let n = 0
    node.on.session.select((sessions) => (sessions.length < 2 ? undefined : sessions.toSorted(byUri)[n++ % 2]))
  })
  await using rig = await startRig({ orchestrators: [a, b], plugins: [turns] })
  const stream = await rig.publish()
  await Promise.all([a, b].map((one) => one.until((double) => double.warmed > 0)))
  for (let n = 1; n <= 4; n++) {
    stream.push()
    await stream.until(n)
  }
  expect([a.segments.length, b.segments.length]).toEqual([2, 2])
  expect(rig.node.lines.filter(({ message }) => message === 'orchestrator changed')).toHaveLength(3)
})

test('a strategy that invents a session costs the renditions of that segment, with a code', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  const wild = pluginFor('wild', (node) => node.on.session.select(([one]) => one && { ...one, sessionId: 'invented' }))
  await using rig = await startRig({ orchestrators: [orchestrator], plugins: [wild] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(set?.renditions[1]).toMatchObject({ ok: false, error: { code: 'LP_SESSION_UNKNOWN' } })
})

test('session.shortlist takes orchestrators out', async () => {
  await using banned = await OrchestratorDouble.start()
  await using good = await OrchestratorDouble.start()
  const ban = pluginFor('ban', (node) =>
    node.on.session.shortlist((candidates) => candidates.filter(({ uri }) => uri !== banned.uri)),
  )
  await using rig = await startRig({ orchestrators: [banned, good], plugins: [ban] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(COMPLETE)
  expect(banned.asked).toHaveLength(0)
})

test('session.ended tells how each session ended', async () => {
  await using orchestrator = await OrchestratorDouble.start({ segment: ({ n }) => (n === 0 ? { error: 'no' } : 'ok') })
  const outcomes: SessionOutcome[] = []
  const watch = pluginFor('watch', (node) =>
    node.on.session.ended((_, outcome) => {
      outcomes.push(outcome)
    }),
  )
  await using rig = await startRig({ orchestrators: [orchestrator], plugins: [watch] })
  const stream = await rig.publish()
  stream.push()
  await stream.until(1)
  await stream.publication.close('ended')
  expect(outcomes).toEqual(['suspended', 'ended'])
  await orchestrator.until((double) => double.ended.length === 2)
})

test('the same orchestrator under two addresses is one', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  const orchAddr = [orchestrator.uri, orchestrator.uri.replace('127.0.0.1', 'localhost')]
  await using rig = await startRig({ options: { orchAddr } })
  const stream = await rig.publish()
  await orchestrator.until((double) => double.asked.length === 2)
  stream.push()
  await stream.until(1)
  const [status] = await rig.node.run.lifecycle.status()
  expect(status?.data).toMatchObject({ streams: [{ orchestrators: [{ orchestrator: orchestrator.uri }] }] })
})

function byUri(a: { orchestrator: string }, b: { orchestrator: string }): number {
  return a.orchestrator.localeCompare(b.orchestrator)
}
