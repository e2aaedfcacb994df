import { Code, ConnectError } from '@connectrpc/connect'
import { create } from '@bufbuild/protobuf'
import { CapabilitiesSchema } from '@livepeer-node/protocol'
import { systemClock } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LinkInit, OrchestratorLink } from '../src/link.ts'
import { FrozenProxy } from './frozen-proxy.ts'
import { OrchestratorDouble } from './orchestrator-double.ts'

let orchestrator: OrchestratorDouble
let address: string
let clock: FakeClock
let lines: LogLine[]
let link: OrchestratorLink
let taken: bigint[]

beforeEach(async () => {
  orchestrator = await new OrchestratorDouble().listen()
  address = `https://${orchestrator.address}`
  clock = new FakeClock()
  lines = []
  taken = []
})

afterEach(async () => {
  await link.leave()
  await orchestrator.kill()
})

function start(over: Partial<LinkInit> = {}): void {
  link = new OrchestratorLink({
    orchestrator: address,
    registration: async () => ({
      request: { secret: 'shared', capacity: 3n, capabilities: create(CapabilitiesSchema) },
      headers: {},
    }),
    onMessage: ({ taskId }) => taken.push(taskId),
    clock,
    log: recordedLog(lines),
    random: () => 0.5,
    ...over,
  })
  link.start()
}

const codes = () => lines.filter(({ level }) => level !== 'info').map(({ fields }) => fields['code'])
const waits = () => lines.map(({ fields }) => fields['nextAttemptMs']).filter((wait) => wait !== undefined)

/** The link has given up an attempt and waits for its next. */
async function waiting(attempts: number): Promise<void> {
  await expect.poll(() => waits().length).toBe(attempts)
  await clock.whenWaiting()
}

describe('attaching', () => {
  test('counts as done once the call has stood for a second: nothing is ever acknowledged', async () => {
    start()
    const registration = await orchestrator.registrations.next()
    expect(link.state).toBe('connecting')
    await clock.advance(1000)
    expect(link.state).toBe('attached')
    registration.send({ taskId: 5n })
    await expect.poll(() => taken).toEqual([5n])
    expect(lines).toMatchObject([{ level: 'info', fields: { capacity: 3 } }])
  })

  test('a job that comes sooner says so too', async () => {
    start()
    const registration = await orchestrator.registrations.next()
    registration.send({ taskId: 1n })
    await expect.poll(() => link.state).toBe('attached')
    expect(taken).toEqual([1n])
  })

  test('leaving ends the call, and it is not made again', async () => {
    start()
    const registration = await orchestrator.registrations.next()
    await link.leave()
    await registration.gone
    await clock.advance(600_000)
    expect(link.state).toBe('left')
    expect(orchestrator.registrations.size).toBe(0)
    expect(clock.waiting).toBe(0)
  })

  test('leaving works while nobody answers, and while it waits', async () => {
    start({ orchestrator: 'https://127.0.0.1:1' })
    await waiting(1)
    await link.leave()
    expect(clock.waiting).toBe(0)
  })
})

describe('the call is made again, for ever', () => {
  test('when the orchestrator is not there: 0.5 s, half as long again each time, a minute at most', async () => {
    const { port } = orchestrator
    await orchestrator.kill()
    start()
    for (let attempts = 1; attempts <= 15; attempts += 1) {
      await waiting(attempts)
      await clock.advance(Number(waits().at(-1)))
    }
    expect(waits().slice(0, 4)).toEqual([500, 750, 1125, 1688])
    expect(waits().at(-1)).toBe(60_000)
    expect(new Set(codes())).toEqual(new Set(['LP_ORCHESTRATOR_UNREACHABLE']))
    await waiting(16)
    await orchestrator.listen(port)
    await clock.advance(60_000)
    await orchestrator.registrations.next()
  })

  test('after the orchestrator was killed, and soon when the call had lived', async () => {
    const { port } = orchestrator
    start()
    await orchestrator.registrations.next()
    await clock.advance(60_000)
    await orchestrator.kill()
    await waiting(1)
    expect(codes()).toEqual(['LP_ORCHESTRATOR_LOST'])
    await orchestrator.listen(port)
    await clock.advance(500)
    await orchestrator.registrations.next()
    await clock.advance(60_000)
    await orchestrator.kill()
    await waiting(2)
    expect(waits()).toEqual([500, 500])
  })

  test('later and later when each call dies young', async () => {
    start()
    for (let attempts = 1; attempts <= 3; attempts += 1) {
      const registration = await orchestrator.registrations.next()
      registration.end()
      await waiting(attempts)
      await clock.advance(Number(waits().at(-1)))
    }
    expect(waits()).toEqual([500, 750, 1125])
    await orchestrator.registrations.next()
  })

  test.each([
    ['a clean end', undefined],
    ['CANCELED, at which the reference gives up', new ConnectError('bye', Code.Canceled)],
    ['zero capacity, at which the reference gives up', new ConnectError('zero capacity', Code.Unknown)],
    ['UNIMPLEMENTED', new ConnectError('no such call', Code.Unimplemented)],
  ])('after %s', async (_name, error) => {
    start()
    const registration = await orchestrator.registrations.next()
    registration.end(error)
    await waiting(1)
    await clock.advance(500)
    await orchestrator.registrations.next()
    expect(codes()).toEqual(['LP_ORCHESTRATOR_LOST'])
  })

  test('after a wrong secret, slowly: an error that says what to do, and attached once the secret is right', async () => {
    orchestrator.secret = 'another'
    start()
    await waiting(1)
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: expect.stringContaining('does not know this transcoder’s secret'),
        fields: { code: 'LP_SECRET_REFUSED', remedy: expect.stringContaining('orchSecret'), nextAttemptMs: 60_000 },
      },
    ])
    expect(JSON.stringify(lines)).not.toContain('shared')
    expect(link.state).toBe('waiting')
    orchestrator.secret = 'shared'
    await clock.advance(59_999)
    expect(orchestrator.registrations.size).toBe(0)
    await clock.advance(1)
    await orchestrator.registrations.next()
  })

  test('waits vary by half', async () => {
    const rolls = [0, 0.999]
    start({ orchestrator: 'https://127.0.0.1:1', random: () => rolls.shift() ?? 0.5 })
    await waiting(1)
    await clock.advance(250)
    await waiting(2)
    expect(waits()).toEqual([250, Math.round(750 * 1.499)])
  })
})

describe('an orchestrator that dies without a word', () => {
  let proxy: FrozenProxy

  beforeEach(async () => {
    proxy = await new FrozenProxy(() => orchestrator.port).listen()
  })
  afterEach(() => proxy.close())

  test('is noticed by its unanswered PING', async () => {
    const pings = { everyMs: 50, patienceMs: 100 }
    start({ orchestrator: `https://${proxy.address}`, clock: systemClock, pings })
    await orchestrator.registrations.next()
    proxy.freeze()
    await expect.poll(codes, { timeout: 10_000 }).toContain('LP_ORCHESTRATOR_LOST')
    proxy.thaw()
    await orchestrator.registrations.next()
  })

  test('before its TLS handshake is given up after 3 s', async () => {
    proxy.freeze()
    start({ orchestrator: `https://${proxy.address}` })
    await clock.whenWaiting()
    await clock.advance(3000)
    await waiting(1)
    expect(codes()).toEqual(['LP_ORCHESTRATOR_UNREACHABLE'])
    proxy.thaw()
    await clock.advance(500)
    await orchestrator.registrations.next()
  })
})
