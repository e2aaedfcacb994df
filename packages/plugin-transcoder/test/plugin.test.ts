import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CARD_HEADER, decodeTranscoderCard, DEFAULT_CAPABILITIES } from '@livepeer-node/protocol'
import type { LocalTranscoder, Plugin } from '@livepeer-node/sdk'
import {
  aTranscodeJob,
  aTranscodeResult,
  createTestNode,
  createTestNodeWith,
  FakeClock,
  pluginFor,
  type TestNode,
} from '@livepeer-node/test-kit'
import { afterEach, describe, expect, test } from 'vitest'
import transcoder from '../src/index.ts'
import { OrchestratorDouble, type Registration } from './orchestrator-double.ts'
import { FakeBackend, Held, notification } from './support.ts'

const signal = new AbortController().signal
let stops: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of stops.toReversed()) await stop()
  stops = []
})

async function started(...plugins: Plugin[]): Promise<TestNode> {
  const node = await createTestNode(...plugins)
  stops.push(() => node.stop())
  return node
}

async function orchestrator(): Promise<OrchestratorDouble> {
  const double = await new OrchestratorDouble().listen()
  stops.push(() => double.kill())
  double.sources.set('/0', { status: 200, body: Buffer.from('source') })
  return double
}

function cardOf({ headers }: Registration) {
  const card = decodeTranscoderCard(headers.get(CARD_HEADER))
  if (!card) throw new Error('there is no card')
  return card
}

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
    expect(section?.work).toEqual({ sessions: 1 })
    expect(section?.data).toMatchObject({
      mode: 'local',
      sessions: [{ sessionId: 'session-1', backend: 'fake', pending: 0 }],
    })
  })
})

describe('how many sessions it takes', () => {
  test('is measured at the first start, before work comes, and remembered', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'livepeer-transcoder-'))
    stops.push(() => rm(dataDir, { recursive: true, force: true }))
    const double = await orchestrator()
    const options = { orchAddr: double.address, orchSecret: 'shared' }
    const plugins = (backend: FakeBackend) => [backend.plugin({ slots: 5 }), transcoder(options)]
    const first = new FakeBackend()
    first.slots = 2
    const node = await createTestNodeWith({ plugins: plugins(first), dataDir })
    stops.push(() => node.stop())
    const registration = await double.registrations.next()
    expect(registration.request.capacity).toBe(2n)
    expect(cardOf(registration).pixelsPerMs).toBeGreaterThan(0)
    expect(first.closed).toHaveLength(first.opened.length)

    const second = new FakeBackend()
    const again = await createTestNodeWith({ plugins: plugins(second), dataDir })
    stops.push(() => again.stop())
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

describe('draining', () => {
  test('finishes what it has, then leaves the pool, and takes nothing more', async () => {
    const double = await orchestrator()
    const backend = new FakeBackend()
    const held = new Held()
    backend.answer = held.answer
    const node = await started(
      backend.plugin(),
      transcoder({ orchAddr: double.address, orchSecret: 'shared', maxSessions: 3 }),
    )
    const registration = await double.registrations.next()
    registration.send(notification({ url: `https://${double.address}/0` }))
    await expect.poll(() => backend.calls.length).toBe(1)

    const drained = node.drain(signal)
    // Still in the pool: what the orchestrator has sent meanwhile is done too.
    registration.send(notification({ url: `https://${double.address}/0`, sessionId: 'late' }))
    await expect.poll(() => backend.calls.length).toBe(2)
    held.finish()
    held.finish()
    await drained
    expect((await double.results.next()).headers['content-type']).toMatch(/^multipart/)
    expect((await double.results.next()).headers['content-type']).toMatch(/^multipart/)
    await registration.gone
    expect(double.registrations.size).toBe(0)
  })

  test('an orchestrator that hands sessions over is told, and left when none is left', async () => {
    const double = await orchestrator()
    double.drainAnswer = { status: 200 }
    const options = { orchAddr: double.address, orchSecret: 'shared', maxSessions: 4, name: 'rig 7' }
    const node = await started(new FakeBackend().plugin(), transcoder(options))
    const registration = await double.registrations.next()
    const url = `https://${double.address}/0`
    registration.send(notification({ url }))
    await double.results.next()

    const drained = node.drain(signal)
    expect(await double.drains.next()).toMatchObject({
      authorization: 'Livepeer-Transcoder-1.0',
      credentials: 'shared',
      'livepeer-node-transcoder-id': cardOf(registration).id,
    })
    registration.send(notification({ url, seq: 1n }))
    expect((await double.results.next()).headers['content-type']).toMatch(/^multipart/)
    registration.send(notification({ url, sessionId: 'new' }))
    expect((await double.results.next()).body.toString()).toBe('TranscoderBusy')
    expect(node.lines.at(-1)?.fields).toMatchObject({ code: 'LP_TRANSCODER_DRAINING' })
    registration.send({ segData: { authToken: { sessionId: 'session-1' } } })
    await drained
    await registration.gone
  })

  test.each([
    ['the grace is nearly over', (_: Registration, clock: FakeClock) => clock.advance(22_000)],
    ['the orchestrator goes away', (registration: Registration) => registration.end()],
  ])('it waits no longer when %s', async (_, end) => {
    const { clock, double, node, registration } = await withClock()
    double.drainAnswer = { status: 200 }
    registration.send(notification({ url: `https://${double.address}/0` }))
    await double.results.next()
    const drained = node.drain(signal, 30_000)
    await double.drains.next()
    await expect.poll(() => node.lines.map(({ message }) => message)).toContainEqual(expect.stringMatching(/hands/))
    expect(await Promise.race([registration.gone, Promise.resolve('stays')])).toBe('stays')
    await end(registration, clock)
    await registration.gone
    await drained
  })

  test('a stop in the middle of a segment ends it and everything else', async () => {
    const double = await orchestrator()
    const backend = new FakeBackend()
    backend.answer = new Held().answer
    const node = await started(
      backend.plugin(),
      transcoder({ orchAddr: double.address, orchSecret: 'shared', maxSessions: 3 }),
    )
    const registration = await double.registrations.next()
    registration.send(notification({ url: `https://${double.address}/0` }))
    await expect.poll(() => backend.calls.length).toBe(1)
    await node.stop()
    await registration.gone
    expect(backend.closed).toEqual(['session-1'])
    expect(node.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { code: 'LP_TRANSCODER_STOPPED' } },
    ])
  })
})

async function withClock() {
  const clock = new FakeClock()
  const double = await orchestrator()
  const backend = new FakeBackend()
  const attached = transcoder({ orchAddr: double.address, orchSecret: 'shared', maxSessions: 3 })
  const node = await createTestNodeWith({
    plugins: [backend.plugin({ capabilities: DEFAULT_CAPABILITIES }), attached],
    clock,
  })
  stops.push(() => node.stop())
  return { clock, double, backend, node, registration: await double.registrations.next() }
}

describe('deadlines', () => {
  test('a source that does not come is given up after 4 s', async () => {
    const { clock, double, registration } = await withClock()
    double.sources.set('/silent', { status: 200, silent: true })
    registration.send(notification({ url: `https://${double.address}/silent` }))
    await expect.poll(() => double.downloads.length).toBe(1)
    await clock.advance(4000)
    expect((await double.results.next()).body.toString()).toBe('no answer within 4000 ms')
  })

  test('a segment is given up when the orchestrator has stopped waiting for it', async () => {
    const { clock, double, registration, backend } = await withClock()
    backend.answer = new Held().answer
    registration.send(notification({ url: `https://${double.address}/0`, duration: 4000 }))
    await expect.poll(() => backend.calls.length).toBe(1)
    await clock.advance(15_999)
    expect(double.results.size).toBe(0)
    await clock.advance(1)
    expect((await double.results.next()).body.toString()).toBe('Remote transcoder took too long')
  })
})
