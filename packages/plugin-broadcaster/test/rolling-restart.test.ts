import { WireText } from '@livepeer-node/protocol'
import { FakeClock } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { pass } from './support/fake-time.ts'
import { OrchestratorDouble } from './support/orchestrator-double.ts'
import { type Rig, type RigStream, startRig } from './support/rig.ts'

const COMPLETE = ['source', '360p', '240p']

interface Two extends AsyncDisposable {
  readonly a: OrchestratorDouble
  readonly b: OrchestratorDouble
  readonly clock: FakeClock
  readonly rig: Rig
  readonly stream: RigStream
  /** Pushes one segment, and passes two seconds of the stream at least. */
  step(): Promise<void>
  /** Service URI of the orchestrator that has transcoded the latest segment. */
  used(): string | undefined
}

/** A stream with two orchestrators, the second of which it knows but has not used. */
async function two(): Promise<Two> {
  const clock = new FakeClock()
  const now = () => clock.now()
  const a = await OrchestratorDouble.start({}, now)
  const b = await OrchestratorDouble.start({}, now)
  const rig = await startRig({ orchestrators: [a, b], clock })
  const stream = await rig.publish()
  await pass(clock, () => a.warmed + b.warmed === 2)
  const step = async () => {
    const shown = stream.published.length + 1
    const until = clock.monotonic() + 2000
    stream.push()
    await pass(clock, () => rig.reports.length >= shown && clock.monotonic() >= until)
  }
  const dispose = async () => {
    await rig[Symbol.asyncDispose]()
    await Promise.all([a.stop(), b.stop()])
  }
  const used = () => rig.reports.at(-1)?.attempts.at(-1)?.orchestrator
  return { a, b, clock, rig, stream, step, used, [Symbol.asyncDispose]: dispose }
}

function missing({ stream }: Two): unknown[] {
  return stream.published.flatMap(({ seq, renditions }) => {
    const names = renditions.flatMap(({ ok, name }) => (ok ? [name] : []))
    return names.join() === COMPLETE.join() ? [] : [{ seq, names }]
  })
}

async function usesFirst(net: Two): Promise<{ first: OrchestratorDouble; second: OrchestratorDouble }> {
  await net.step()
  return net.used() === net.a.uri ? { first: net.a, second: net.b } : { first: net.b, second: net.a }
}

test('one that drains is left for the other with the next segment, and its session is ended', async () => {
  await using net = await two()
  const { first, second } = await usesFirst(net)
  first.behaviour.draining = true
  await net.step()
  expect(net.used()).toBe(first.uri)
  expect(first.ended).toEqual([])
  await net.step()
  expect(net.used()).toBe(second.uri)
  await first.until(({ ended }) => ended.length === 1)
  expect(missing(net)).toEqual([])
  expect(net.rig.reports.every(({ attempts }) => attempts.length === 1)).toBe(true)
  // Looked for with each segment, and told once that it takes none.
  const warnings = net.rig.node.lines.filter(({ level }) => level === 'warn')
  expect(warnings.map(({ message }) => message)).toEqual(['orchestrator not used'])
})

test('the only one is used on while it drains', async () => {
  await using net = await two()
  const { first, second } = await usesFirst(net)
  await second.stop()
  first.behaviour.draining = true
  for (let n = 0; n < 3; n++) await net.step()
  expect(missing(net)).toEqual([])
  expect(net.used()).toBe(first.uri)
})

test('one that says it is full while it leaves costs no segment and no time', async () => {
  await using net = await two()
  const { first, second } = await usesFirst(net)
  first.behaviour.refuse = { status: 503, text: WireText.capped }
  await net.step()
  expect(net.rig.reports.at(-1)?.attempts.map(({ orchestrator }) => orchestrator)).toEqual([first.uri, second.uri])
  expect(net.rig.reports.at(-1)?.latencyMs).toBeLessThan(500)
  expect(missing(net)).toEqual([])
})

test.each(['killed', 'drained'])('two that are restarted one after the other (%s) lose nothing', async (how) => {
  await using net = await two()
  await usesFirst(net)
  for (let round = 0; round < 2; round++) {
    for (const orchestrator of [net.a, net.b]) {
      orchestrator.behaviour.draining = how === 'drained'
      if (how === 'drained') for (let n = 0; n < 2; n++) await net.step()
      await orchestrator.stop()
      for (let n = 0; n < 2; n++) await net.step()
      orchestrator.behaviour.draining = false
      await orchestrator.start()
      // Looked for again with each segment, so two of them are enough.
      for (let n = 0; n < 2; n++) await net.step()
    }
  }
  expect(missing(net)).toEqual([])
})

test('one that was restarted unnoticed has forgotten its session, and costs no segment', async () => {
  await using net = await two()
  const { first, second } = await usesFirst(net)
  await second.stop()
  await second.start()
  await first.stop()
  await net.step()
  expect(net.used()).toBe(second.uri)
  expect(missing(net)).toEqual([])
})

test('one that has failed and works again is no longer passed over', async () => {
  await using net = await two()
  const { first, second } = await usesFirst(net)
  first.behaviour.segment = () => ({ error: 'out of coffee' })
  await net.step()
  expect(net.used()).toBe(second.uri)
  first.behaviour.segment = () => 'ok'
  for (let n = 0; n < 20; n++) await net.step()
  second.behaviour.refuse = { status: 503, text: WireText.busy }
  await net.step()
  expect(net.used()).toBe(first.uri)
  expect(missing(net)).toEqual([])
})
