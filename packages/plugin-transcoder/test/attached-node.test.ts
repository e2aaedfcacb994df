import { DEFAULT_CAPABILITIES } from '@livepeer-node/protocol'
import { createTestNodeWith, FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, test } from 'vitest'
import transcoder from '../src/index.ts'

import { cardOf, Rig } from './rig.ts'
import { FakeBackend, Held, notification } from './support.ts'

const signal = new AbortController().signal
const rig = new Rig()
const { started, orchestrator } = rig

async function withClock() {
  const clock = new FakeClock()
  const double = await orchestrator()
  const backend = new FakeBackend()
  const attached = transcoder({ orchAddr: double.address, orchSecret: 'shared', maxSessions: 3 })
  const node = await createTestNodeWith({
    plugins: [backend.plugin({ capabilities: DEFAULT_CAPABILITIES }), attached],
    clock,
  })
  rig.defer(() => node.stop())
  return { clock, double, backend, node, registration: await double.registrations.next() }
}

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

  test('whose sessions nobody takes, it leaves shortly before the grace is over, and says which work is left', async () => {
    const { clock, double, node, registration } = await withClock()
    double.drainAnswer = { status: 200 }
    const url = `https://${double.address}/0`
    const segment = async (sessionId: string, seq: bigint) => {
      registration.send(notification({ url, sessionId, seq }))
      expect((await double.results.next()).headers['content-type']).toMatch(/^multipart/)
    }
    await segment('stays', 0n)
    await segment('falls silent', 0n)
    const drained = node.drain(signal, 30_000)
    await double.drains.next()
    await expect.poll(() => node.lines.map(({ message }) => message)).toContainEqual(expect.stringMatching(/hands/))
    for (let seq = 1n; seq <= 4n; seq++) {
      await clock.advance(5000)
      await segment('stays', seq)
    }
    expect(await Promise.race([registration.gone, Promise.resolve('stays')])).toBe('stays')
    await clock.advance(2000)
    await registration.gone
    expect(await drained).toEqual({ drained: false, left: { 'transcoder sessions': 1 } })
    expect(node.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ sessions: 1, graceMs: 30_000 }) }),
    )
  })

  test('it waits no longer when the orchestrator goes away, whose streams those are', async () => {
    const { double, node, registration } = await withClock()
    double.drainAnswer = { status: 200 }
    registration.send(notification({ url: `https://${double.address}/0` }))
    await double.results.next()
    expect(await node.work()).toMatchObject({ 'transcoder sessions': 1 })
    const drained = node.drain(signal, 30_000)
    await double.drains.next()
    await expect.poll(() => node.lines.map(({ message }) => message)).toContainEqual(expect.stringMatching(/hands/))
    expect(await Promise.race([registration.gone, Promise.resolve('stays')])).toBe('stays')
    registration.end()
    await registration.gone
    expect(await drained).toEqual({ drained: true, left: {} })
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
