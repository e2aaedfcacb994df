import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { OrchestratorInfo } from '@livepeer-node/protocol'
import { FakeClock } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { type Behaviour, OrchestratorDouble } from './support/orchestrator-double.ts'
import { pass, setUp } from './support/fake-time.ts'
import { shape, startRig } from './support/rig.ts'

const COMPLETE = ['source', '360p', '240p']
const SOURCE_ONLY = ['source', '-360p', '-240p']
const never = new Promise<never>(() => {})

test('a port that says nothing is given up after three seconds, and the connection closed', async () => {
  const clock = new FakeClock()
  const mute = createServer()
  const closed = Promise.withResolvers<void>()
  const came = Promise.withResolvers<void>()
  mute.on('connection', (socket) => {
    came.resolve()
    socket.resume()
    socket.on('close', () => closed.resolve()).on('error', () => {})
  })
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const { port } = mute.address() as AddressInfo
  await using rig = await startRig({ clock, options: { orchAddr: `127.0.0.1:${port}` } })
  await rig.publish()
  await came.promise
  await clock.advance(2999)
  expect(rig.codes()).toEqual([])
  await clock.advance(1)
  expect(rig.codes()).toEqual(['LP_ORCHESTRATOR_TIMEOUT'])
  await closed.promise
  mute.close()
})

test('discovery does not wait for a silent orchestrator when another has answered', async () => {
  const clock = new FakeClock()
  await using silent = await OrchestratorDouble.start({ getOrchestrator: () => never }, () => clock.now())
  await using good = await OrchestratorDouble.start({}, () => clock.now())
  await using setting = await setUp([silent, good], clock)
  const { rig, stream } = setting
  stream.push()
  await stream.until(1)
  expect(shape(stream.published[0])).toEqual(COMPLETE)
  await pass(clock, () => rig.codes().includes('LP_ORCHESTRATOR_TIMEOUT'))
  expect(clock.monotonic()).toBeGreaterThanOrEqual(6000)
})

function without(info: OrchestratorInfo, field: 'authToken' | 'capabilities'): OrchestratorInfo {
  const { [field]: _gone, ...rest } = info
  return rest
}

const UNFIT: readonly [string, Behaviour, RegExp][] = [
  ['names no service address', { info: (info) => ({ ...info, transcoder: '' }) }, /takes no work/],
  ['gives no token', { info: (info) => without(info, 'authToken') }, /auth token/],
  ['lacks capabilities', { info: (info) => without(info, 'capabilities') }, /lacks AuthToken/],
  ['is full', { getOrchestrator: () => Promise.reject(new Error('OrchestratorCapped')) }, /./],
]

test.each(UNFIT)('an orchestrator that %s is not used, and the log says why', async (_, behaviour, reason) => {
  const clock = new FakeClock()
  await using orchestrator = await OrchestratorDouble.start(behaviour, () => clock.now())
  await using setting = await setUp([orchestrator], clock)
  const { rig, stream } = setting
  stream.push()
  await pass(clock, () => rig.reports.length === 1)
  expect(shape(stream.published[0])).toEqual(SOURCE_ONLY)
  const line = rig.node.lines.find(({ message }) => message === 'orchestrator not used')
  expect(line?.fields['reason']).toMatch(reason)
  expect(line?.fields).toMatchObject({ orchestrator: orchestrator.uri, origin: 'list', code: expect.any(String) })
})
