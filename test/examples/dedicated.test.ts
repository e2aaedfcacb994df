import { join } from 'node:path'
import orchestrator from '@livepeer-node/plugin-orchestrator'
import { aDispatchJob, aWorkerView, createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { expect, onTestFinished, test } from 'vitest'
import dedicated from '../../examples/dedicated/dedicated.ts'
import { addToken } from '../../packages/plugin-orchestrator/test/support/control.ts'
import { startOrchestrator } from '../../packages/plugin-orchestrator/test/support/node.ts'
import { attach, broadcaster } from '../../packages/plugin-orchestrator/test/support/set-up.ts'
import { CliProject } from '../cli/cli-project.ts'

const CONFIG = join(import.meta.dirname, '../../examples/dedicated/livepeer.config.ts')
const streams = { movie: ['paris-1', 'paris-2'] }

function startNode(): Promise<TestNode> {
  return createTestNode(orchestrator({ serviceAddr: '127.0.0.1:0' }), dedicated({ streams }))
}

const quick = aWorkerView({ id: 'a', name: 'berlin-1', predictedMs: 100 })
const slow = aWorkerView({ id: 'b', name: 'paris-1', predictedMs: 900 })
const soon = aWorkerView({ id: 'c', name: 'paris-2', predictedMs: 500 })

test('chooses the soonest of the stream’s own transcoders, and leaves other streams to the default', async () => {
  await using node = await startNode()
  expect(await node.run.worker.dispatch([quick, slow, soon], aDispatchJob())).toEqual(soon)
  expect(await node.run.worker.dispatch([quick, slow, soon], aDispatchJob({ streamId: 'news' }))).toBeUndefined()
})

test('says so where none of them has room, and leaves the choice to the default', async () => {
  await using node = await startNode()
  expect(await node.run.worker.dispatch([quick], aDispatchJob({ reason: 'lost' }))).toBeUndefined()
  const [line] = node.lines.filter(({ message }) => message === 'none of its transcoders has room')
  expect(line?.fields).toMatchObject({ streamId: 'movie', reason: 'lost' })
})

test('an orchestrator gives the stream to the transcoder with that token, whoever else is there', async () => {
  const started = await startOrchestrator({}, { plugins: [dedicated({ streams })] })
  onTestFinished(() => started.node.stop())
  const before = await attach(started)
  const own = await attach(started, { secret: await addToken(started, 'paris-2') })
  const after = await attach(started)
  const b = await broadcaster(started)
  for (const seq of [0n, 1n]) expect((await b.segment({ seq })).result.result.case).toBe('data')
  expect([before.jobs.length, own.jobs.length, after.jobs.length]).toEqual([0, 2, 0])
})

test('its config is one of an orchestrator with this plugin', async () => {
  await using project = new CliProject()
  const { stdout } = await project.run(['plugins', '--hooks', '--json', '--config', CONFIG])
  const { hooks } = JSON.parse(stdout) as { hooks: { name: string; handlers: unknown }[] }
  const own = { plugin: 'livepeer-plugin-dedicated', stage: 'normal' }
  expect(hooks.find(({ name }) => name === 'worker.dispatch')?.handlers).toEqual([own])
})
