import { LivepeerError } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { type Suspect, Suspensions } from '../src/transcoders/suspensions.ts'

const lie = new LivepeerError({ code: 'LP_RESULT_PIXELS', kind: 'peer', message: 'A lie.' })
const suspect = (over: Partial<Suspect> = {}): Suspect => {
  return { name: 'tom', address: '192.0.2.7:40000', credential: undefined, ...over }
}

function setUp() {
  const clock = new FakeClock()
  const lines: LogLine[] = []
  const suspensions = new Suspensions({ clock, log: recordedLog(lines) })
  const lengthOf = (one: Suspect) => Math.round(((suspensions.until(one) ?? clock.now()) - clock.now()) / 1000)
  return { clock, lines, suspensions, lengthOf }
}

it('last 30 s, and twice as long each time up to ten minutes', async () => {
  const { clock, suspensions, lengthOf } = setUp()
  for (const seconds of [30, 60, 120, 240, 480, 600, 600]) {
    suspensions.strike(suspect(), lie)
    expect(lengthOf(suspect())).toBe(seconds)
    await clock.advance(seconds * 1000)
    expect(suspensions.until(suspect())).toBeUndefined()
  }
})

it('are forgiven after ten good minutes, and then forgotten', async () => {
  const { clock, suspensions, lengthOf } = setUp()
  suspensions.strike(suspect(), lie)
  await clock.advance(630_000)
  suspensions.strike(suspect(), lie)
  expect(lengthOf(suspect())).toBe(30)
  await clock.advance(630_000)
  expect(suspensions.list()).toEqual([])
  expect(suspensions.size).toBe(0)
})

it('are not made longer by results that were on their way', () => {
  const { suspensions, lengthOf, lines } = setUp()
  for (let i = 0; i < 10; i++) suspensions.strike(suspect(), lie)
  expect(lengthOf(suspect())).toBe(30)
  expect(lines).toHaveLength(1)
})

it('follow a token wherever it comes from, and else the process on its host', () => {
  const { suspensions } = setUp()
  const isOut = (over: Partial<Suspect>) => suspensions.until(suspect(over)) !== undefined
  suspensions.strike(suspect({ credential: 'berlin-1' }), lie)
  expect(isOut({ credential: 'berlin-1', address: '198.51.100.1:1', card: { id: 'other' } })).toBe(true)
  expect(isOut({})).toBe(false)
  suspensions.strike(suspect({ card: { id: 'a' } }), lie)
  expect(isOut({ card: { id: 'a' }, address: '192.0.2.7:50000' })).toBe(true)
  expect(isOut({ card: { id: 'b' } })).toBe(false)
  suspensions.strike(suspect(), lie)
  expect(isOut({ address: '192.0.2.7:50001' })).toBe(true)
  expect(isOut({ address: '192.0.2.8:40000' })).toBe(false)
})

it('with the shared secret alone, hold for whoever comes from that host afterwards, longer each time', async () => {
  const { clock, suspensions, lengthOf } = setUp()
  const comes = (id: string, over: Partial<Suspect> = {}) =>
    suspect({ card: { id }, since: clock.monotonic(), ...over })
  const neighbour = comes('neighbour')
  const liar = comes('liar')
  await clock.advance(1000)
  suspensions.strike(liar, lie)
  await clock.advance(1000)
  const back = comes('liar as another')
  expect([lengthOf(liar), lengthOf(back), lengthOf(neighbour)]).toEqual([29, 29, 0])
  expect(lengthOf(comes('x', { address: '192.0.2.8:1' }))).toBe(0)
  expect(lengthOf(comes('x', { credential: 'a token' }))).toBe(0)
  // The neighbour's own lie sets nobody free, and is its first.
  suspensions.strike(neighbour, lie)
  expect([lengthOf(back), lengthOf(neighbour)]).toEqual([30, 30])
  await clock.advance(30_000)
  expect(lengthOf(back)).toBe(0)
  suspensions.strike(back, lie)
  expect(lengthOf(back)).toBe(60)
})

it.each(['127.0.0.1:1', '::ffff:127.0.0.1:1', '::1:1'])(
  'tell processes on this machine apart (%s)',
  async (address) => {
    const { clock, suspensions } = setUp()
    suspensions.strike(suspect({ address, card: { id: 'liar' }, since: clock.monotonic() }), lie)
    await clock.advance(1000)
    expect(suspensions.until(suspect({ address, card: { id: 'other' }, since: clock.monotonic() }))).toBeUndefined()
  },
)

it('of invented identities do not fill the memory', () => {
  const { suspensions } = setUp()
  for (let i = 0; i < 1000; i++) suspensions.strike(suspect({ card: { id: String(i) } }), lie)
  expect(suspensions.size, 'and their host').toBe(501)
  expect(suspensions.until(suspect({ card: { id: '999' } }))).toBeDefined()
})

it('are one log line with name, end and reason', () => {
  const { clock, suspensions, lines } = setUp()
  suspensions.strike(suspect(), lie)
  const until = new Date(clock.now() + 30_000).toISOString()
  expect(lines[0]).toMatchObject({ level: 'warn', fields: { transcoder: 'tom', until, error: lie } })
  expect(suspensions.list()).toEqual([{ name: 'tom', code: 'LP_RESULT_PIXELS', until: clock.now() + 30_000 }])
})
