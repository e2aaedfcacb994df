import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LocalTranscoder } from '@livepeer-node/sdk'
import {
  aTranscodeJob,
  aTranscodeResult,
  aTranscodeSpec,
  createTestNode,
  createTestNodeWith,
  pluginFor,
  type TestNode,
} from '@livepeer-node/test-kit'
import { describe, expect, test } from 'vitest'
import transcoder from '../src/index.ts'
import { cardOf, Rig } from './rig.ts'
import { FakeBackend, Held } from './support.ts'

const signal = new AbortController().signal
const rig = new Rig()
const { started, orchestrator } = rig

function localOf(node: TestNode): LocalTranscoder {
  const local = node.run.transcode.local()
  if (!local) throw new Error('there is no transcoder in this process')
  return local
}

describe('in the orchestrator’s process', () => {
  test('answers transcode.local with what the backends can do', async () => {
    const backend = new FakeBackend()
    const node = await started(backend.plugin({ slots: 3, capabilities: [0, 1] }), transcoder({ calibrate: false }))
    const local = localOf(node)
    expect(local.capacity).toBe(3)
    expect(local.capabilities).toEqual([0, 1, 4, 5, 6, 12, 26])
    expect(await local.transcode(aTranscodeJob(), signal)).toEqual(aTranscodeResult())
    await local.endSession('session-1')
    expect(backend.closed).toEqual(['session-1'])
  })

  test('adds the slots of all backends up; a number of its own comes first', async () => {
    const backends = [new FakeBackend('a').plugin({ slots: 2 }), new FakeBackend('b').plugin({ slots: 5 })]
    expect(localOf(await started(...backends, transcoder({ calibrate: false }))).capacity).toBe(7)
    const told = await started(new FakeBackend().plugin(), transcoder({ maxSessions: '4', orchAddr: ' ' }))
    expect(localOf(told).capacity).toBe(4)
  })

  test('warns where there is no orchestrator, neither here nor elsewhere', async () => {
    const asks = pluginFor('orchestrator', (node) => node.on.lifecycle.ready(() => void node.run.transcode.local()), {
      runs: ['transcode'],
    })
    const together = await started(new FakeBackend().plugin(), transcoder({ calibrate: false }), asks)
    const alone = await started(new FakeBackend().plugin(), transcoder({ calibrate: false }))
    const warned = [together, alone].map(({ lines }) => lines.map(({ fields }) => fields['code']))
    expect(warned[0]).not.toContain('LP_TRANSCODER_IDLE')
    expect(warned[1]).toContain('LP_TRANSCODER_IDLE')
  })

  test('ends its sessions when the node stops', async () => {
    const backend = new FakeBackend()
    const node = await started(backend.plugin(), transcoder({ calibrate: false }))
    await localOf(node).transcode(aTranscodeJob(), signal)
    await node.stop()
    expect(backend.closed).toEqual(['session-1'])
  })

  test('shows its sessions in the status', async () => {
    const node = await started(new FakeBackend().plugin(), transcoder({ calibrate: false }))
    await localOf(node).transcode(aTranscodeJob(), signal)
    const sections = await node.run.lifecycle.status()
    const section = sections.find(({ name }) => name === 'transcoder')
    expect(section?.work, 'between two segments').toEqual({ sessions: 0 })
    expect(section?.data).toMatchObject({
      mode: 'local',
      sessions: [{ sessionId: 'session-1', backend: 'fake', pending: 0 }],
      registries: { sessions: 1, closing: 0 },
    })
  })
})

test('counts its sessions and what became of the segments', async () => {
  const backend = new FakeBackend()
  const node = await started(backend.plugin(), transcoder({ maxSessions: 1 }))
  const local = localOf(node)
  await local.transcode(aTranscodeJob(), signal)
  backend.answer = () => Promise.reject(new Error('broken'))
  await expect(local.transcode(aTranscodeJob(), signal)).rejects.toThrow('broken')
  const held = new Held()
  backend.answer = held.answer
  const running = local.transcode(aTranscodeJob(), signal)
  const other = { ...aTranscodeJob(), spec: aTranscodeSpec({ sessionId: 'other' }) }
  await expect(local.transcode(other, signal)).rejects.toMatchObject({ code: 'LP_TRANSCODER_FULL' })
  const metrics = await node.run.lifecycle.metrics()
  expect(metrics.map(({ name, value, labels }) => [name, ...Object.values(labels ?? {}), value])).toEqual([
    ['livepeer_current_sessions_total', 'transcoder', 1],
    ['livepeer_max_sessions_total', 'transcoder', 1],
    ['livepeer_transcode_segments_total', 'done', 1],
    ['livepeer_transcode_segments_total', 'failed', 1],
    ['livepeer_transcode_segments_total', 'refused', 1],
  ])
  await expect.poll(() => held.waiting.length).toBe(1)
  held.finish()
  await running
})

describe('how many sessions it takes', () => {
  test('is measured at the first start, before work comes, and remembered', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'livepeer-transcoder-'))
    rig.defer(() => rm(dataDir, { recursive: true, force: true }))
    const double = await orchestrator()
    const options = { orchAddr: double.address, orchSecret: 'shared' }
    const plugins = (backend: FakeBackend) => [backend.plugin({ slots: 5 }), transcoder(options)]
    const first = new FakeBackend()
    first.slots = 2
    const node = await createTestNodeWith({ plugins: plugins(first), dataDir })
    rig.defer(() => node.stop())
    const registration = await double.registrations.next()
    expect(registration.request.capacity).toBe(2n)
    expect(cardOf(registration).pixelsPerMs).toBeGreaterThan(0)
    expect(first.closed).toHaveLength(first.opened.length)

    // Whatever else this machine does, it counts as measured at rest.
    const file = join(dataDir, 'calibration.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"busy": [\d.]+/, '"busy": 0'))
    const second = new FakeBackend()
    const again = await createTestNodeWith({ plugins: plugins(second), dataDir })
    rig.defer(() => again.stop())
    expect((await double.registrations.next()).request.capacity).toBe(2n)
    expect(second.opened).toEqual([])
  })

  test('is not measured by a mere check', async () => {
    const backend = new FakeBackend()
    const problem = { code: 'LP_INSPECTED', message: 'looked at', remedy: '' }
    const marker = pluginFor('marker', (node) => node.on.lifecycle.preflight(() => [problem]))
    await expect(createTestNode(backend.plugin(), transcoder(), marker)).rejects.toMatchObject({ code: 'LP_INSPECTED' })
    expect(backend.opened).toEqual([])
  })
})

describe('a start that cannot work', () => {
  test('without a backend is LP_NO_BACKEND', async () => {
    await expect(createTestNode(transcoder({ calibrate: false }))).rejects.toThrow(
      /No plugin of this node can transcode/,
    )
  })

  test('with backends that have no slot, too', async () => {
    const empty = new FakeBackend().plugin({ slots: 0 })
    await expect(createTestNode(empty, transcoder({ calibrate: false }))).rejects.toThrow(
      /No plugin of this node can transcode/,
    )
  })

  test('with an orchestrator but no secret says so', async () => {
    const plugins = [new FakeBackend().plugin(), transcoder({ orchAddr: '127.0.0.1:1' })]
    await expect(createTestNode(...plugins)).rejects.toMatchObject({ code: 'LP_SECRET_MISSING' })
  })
})

test('an orchestrator that is not there yet does not keep the node from starting', async () => {
  const node = await started(
    new FakeBackend().plugin(),
    transcoder({ orchAddr: '127.0.0.1:1', orchSecret: 's', calibrate: false }),
  )
  expect(node.run.transcode.local()).toBeUndefined()
  await expect.poll(() => node.lines.map(({ fields }) => fields['code'])).toContain('LP_ORCHESTRATOR_UNREACHABLE')
})

test('of a list it attaches to the first', async () => {
  const double = await orchestrator()
  const orchAddr = `http://${double.address},127.0.0.1:1`
  await started(new FakeBackend().plugin(), transcoder({ orchAddr, orchSecret: 'shared', calibrate: false }))
  expect((await double.registrations.next()).request.capacity).toBe(3n)
})

test('tells an orchestrator of ours who it is, on what, in which version', async () => {
  const double = await orchestrator()
  const device = { backend: 'fake', id: '0', name: 'A card', state: 'ok', sessions: 0, slots: 3 } as const
  const devices = pluginFor('devices', (node) => node.on.transcode.devices(() => [device]))
  const options = { orchAddr: double.address, orchSecret: 'shared', maxSessions: 4, name: 'rig 7' }
  await started(new FakeBackend().plugin(), devices, transcoder(options))
  expect(cardOf(await double.registrations.next())).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: 'rig 7',
    version: '0.0.0-test',
    devices: [{ backend: 'fake', id: '0', name: 'A card' }],
  })
})
