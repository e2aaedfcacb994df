import { ethVerifier, verifyOrchestratorRequest, verifySegmentData } from '@livepeer-node/protocol'
import { LivepeerError, type SessionView } from '@livepeer-node/sdk'
import { aLadder, FakeClock, type LogLine, pluginFor, recordedLog } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { Buying } from '../src/buying.ts'
import { OrchestratorDouble } from './support/orchestrator-double.ts'
import { PaymentDouble } from './support/payments.ts'
import { shape, startRig } from './support/rig.ts'

async function paid(orchestrators: readonly OrchestratorDouble[], payments = new PaymentDouble()) {
  const rig = await startRig({ orchestrators, plugins: [payments.plugin()] })
  return { rig, payments, stream: await rig.publish() }
}
const fault = (code: string) => () => {
  throw new LivepeerError({ code, kind: 'config', message: `Because of ${code}.`, remedy: 'Do something.' })
}

test('the broadcaster says who it is, signs each segment, and pays for it once', async () => {
  await using double = await OrchestratorDouble.start()
  const { rig, payments, stream } = await paid([double])
  await using _ = rig
  const [first] = [stream.push(), stream.push()]
  const shown = await stream.until(2)
  expect(
    shown
      .map(shape)
      .flat()
      .some((name) => name.startsWith('-')),
  ).toBe(false)
  const { address } = payments.signer
  for (const asked of double.asked) expect(() => verifyOrchestratorRequest(ethVerifier, asked)).not.toThrow()
  expect(double.asked[0]?.address).toEqual(address)
  for (const { data } of double.segments) expect(() => verifySegmentData(ethVerifier, address, data)).not.toThrow()
  expect(new Set(double.segments.map(({ headers }) => headers['livepeer-payment']))).toEqual(
    new Set(['pay 0', 'pay 1']),
  )
  expect(payments.payments[0]?.work.durationMs).toBe(first?.durationMs)
  const pixels = aLadder().reduce((sum, { width, height }) => sum + 60 * width * height, 0)
  for (const { events } of payments.payments) expect(events).toEqual(['answered nothing', `settled ${pixels}`])
})

test('a payment that was refused, or brought no result, is settled without pixels', async () => {
  await using refusing = await OrchestratorDouble.start({ refuse: { status: 400, text: 'Insufficient balance' } })
  await using failing = await OrchestratorDouble.start({ segment: () => ({ error: 'boom' }) })
  const { rig, payments, stream } = await paid([refusing, failing])
  await using _ = rig
  stream.push()
  await stream.until(1)
  expect(payments.payments.length).toBeGreaterThanOrEqual(2)
  for (const { events } of payments.payments) expect(events).toEqual(['answered nothing', 'settled undefined'])
})

test('an orchestrator that was never reached has no payment', async () => {
  const double = await OrchestratorDouble.start()
  const { rig, payments, stream } = await paid([double])
  await using _ = rig
  await double.until(({ asked }) => asked.length > 0)
  stream.push()
  await stream.until(1)
  await double.stop()
  stream.push()
  await stream.until(2)
  const [, ...lost] = payments.payments
  expect(lost.length).toBeGreaterThan(0)
  for (const { events } of lost) expect(events).toEqual(['settled undefined'])
})

test('what comes with a result goes to the payer of that session', async () => {
  const token = new Uint8Array(32).fill(1)
  await using double = await OrchestratorDouble.start({ segment: () => ({ token }) })
  const { rig, payments, stream } = await paid([double])
  await using _ = rig
  stream.push()
  await stream.until(1)
  expect(payments.updates).toEqual([double.segments[0]?.data.authToken?.sessionId])
})

test('stale terms are renewed before the segment, by the same payer', async () => {
  await using double = await OrchestratorDouble.start()
  const { rig, payments, stream } = await paid([double])
  await using _ = rig
  const answers: ('good' | 'stale')[] = ['stale']
  payments.check = () => answers.shift() ?? 'good'
  stream.push()
  await stream.until(1)
  expect(payments.requests).toHaveLength(1)
  expect(payments.updates).toEqual([double.segments[0]?.data.authToken?.sessionId])
  expect(payments.closed).toBe(0)
})

test('an orchestrator whose new terms are past as well is left for another', async () => {
  await using double = await OrchestratorDouble.start()
  const { rig, payments, stream } = await paid([double])
  await using _ = rig
  payments.check = () => 'stale'
  stream.push()
  await stream.until(1)
  expect(rig.codes()).toContain('LP_ORCHESTRATOR_UNFIT')
  expect(payments.payments).toHaveLength(0)
})

test('terms that run out just before the payment cost a second try with the same orchestrator', async () => {
  await using double = await OrchestratorDouble.start()
  const { rig, payments, stream } = await paid([double])
  await using _ = rig
  let tries = 0
  payments.pay = () => {
    tries += 1
    if (tries === 1) fault('LP_TICKET_EXPIRED')()
  }
  stream.push()
  await stream.until(1)
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual(['LP_TICKET_EXPIRED', undefined])
  expect(payments.requests).toHaveLength(1)
})

test('a signer that fails ends the segment, and is nobody else’s fault', async () => {
  await using double = await OrchestratorDouble.start()
  const payments = new PaymentDouble()
  const { rig, stream } = await paid([double], payments)
  await using _ = rig
  await double.until(({ asked }) => asked.length > 0)
  payments.signs = () => Promise.reject(new Error('no more today'))
  stream.push()
  await stream.until(1)
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual(['LP_SEGMENT_SIGNING'])
  expect(payments.payments).toHaveLength(0)
  expect(rig.node.lines.filter(({ message }) => message === 'orchestrator dropped')).toEqual([])
})

test('one that is too dear is left for another, and told why', async () => {
  await using dear = await OrchestratorDouble.start()
  await using other = await OrchestratorDouble.start()
  const { rig, payments, stream } = await paid([dear, other])
  await using _ = rig
  let tries = 0
  payments.pay = () => {
    tries += 1
    if (tries === 1) fault('LP_PRICE_ROSE')()
  }
  stream.push()
  const [shown] = await stream.until(1)
  expect(shape(shown).some((name) => name.startsWith('-'))).toBe(false)
  expect(rig.node.lines.filter(({ fields }) => fields['code'] === 'LP_PRICE_ROSE')).toHaveLength(1)
})

test('when the account has nothing to pay with, one line says so and the source goes on', async () => {
  await using one = await OrchestratorDouble.start()
  await using two = await OrchestratorDouble.start()
  const { rig, payments, stream } = await paid([one, two])
  await using _ = rig
  payments.pay = fault('LP_SENDER_FUNDS')
  for (let n = 0; n < 4; n++) stream.push()
  const shown = await stream.until(4)
  expect(shown.flatMap(shape).filter((name) => name !== 'source' && !name.startsWith('-'))).toEqual([])
  expect(one.segments.length + two.segments.length).toBe(0)
  const told = rig.node.lines.filter(({ level }) => level === 'error')
  expect(told).toHaveLength(1)
  expect(told[0]?.fields).toMatchObject({ remedy: 'Do something.', againMs: 10_000 })
})

test('the same at discovery: nobody is blamed for it', async () => {
  await using one = await OrchestratorDouble.start()
  await using two = await OrchestratorDouble.start()
  const payments = new PaymentDouble()
  payments.open = fault('LP_SENDER_UNLOCKING')
  const { rig, stream } = await paid([one, two], payments)
  await using _ = rig
  stream.push()
  await stream.until(1)
  expect(rig.reports[0]?.missing.length).toBeGreaterThan(0)
  const told = rig.node.lines.filter(({ message }) => message !== 'renditions missing')
  expect(told.flatMap(({ fields }) => fields['code'] ?? [])).toEqual(['LP_SENDER_UNLOCKING'])
})

test('it is tried again after a while, and then said that it works', async () => {
  const clock = new FakeClock()
  const lines: LogLine[] = []
  const buying = new Buying(clock, recordedLog(lines))
  const broke = new LivepeerError({ code: 'LP_SENDER_FUNDS', kind: 'config', message: 'None.' })
  buying.failed(new LivepeerError({ code: 'LP_ORCHESTRATOR_REFUSED', kind: 'peer', message: 'No.' }))
  expect(buying.stopped()).toBeUndefined()
  buying.failed(broke)
  expect(buying.stopped()).toBe(broke)
  await clock.advance(10_000)
  expect(buying.stopped()).toBeUndefined()
  buying.failed(broke)
  await clock.advance(19_999)
  expect(buying.stopped()).toBe(broke)
  await clock.advance(1)
  buying.succeeded()
  buying.failed(broke)
  await clock.advance(10_000)
  expect(buying.stopped()).toBeUndefined()
  expect(lines.map(({ level }) => level)).toEqual(['error', 'debug', 'info', 'error'])
})

test('prices and stakes are there for who selects, and what was spent for who looks', async () => {
  await using double = await OrchestratorDouble.start()
  const views: SessionView[] = []
  const watcher = pluginFor('watcher', (node) => {
    node.on.session.discover(() => [{ uri: double.uri, trusted: false, origin: 'chain', stake: 40n }])
    node.on.session.select((sessions) => void views.push(...sessions))
  })
  const payments = new PaymentDouble()
  await using rig = await startRig({ plugins: [payments.plugin(), watcher] })
  const stream = await rig.publish()
  stream.push()
  await stream.until(1)
  expect(views[0]).toMatchObject({ price: '7/2', stake: 40n })
  const [section] = await rig.node.run.lifecycle.status()
  const text = JSON.stringify(section)
  expect(text).toContain('"stake":"40"')
  expect(text).toContain('"payment":{"price":"7/2","credit":"5","spent":"9","tickets":3}')
})

test('weights that are not 1 together do not start', async () => {
  await expect(startRig({ options: { selectStakeWeight: 1 } })).rejects.toMatchObject({
    message: expect.stringContaining('must be 1 together'),
  })
})
