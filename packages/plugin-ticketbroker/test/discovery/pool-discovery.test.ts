import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PoolMember } from '@livepeer-node/chain'
import { aCandidate, FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { namedFirst, PoolDiscovery } from '../../src/discovery/pool-discovery.ts'
import type { PoolSource } from '../../src/discovery/pool-reader.ts'
import { PoolStore } from '../../src/discovery/pool-store.ts'

class PoolDouble implements PoolSource {
  members: PoolMember[] = [
    { address: '0xA', stake: 300n },
    { address: '0xB', stake: 200n },
  ]
  readonly uris: Record<string, string> = { '0xA': 'https://a.example:8935', '0xB': 'b.example' }
  readonly inactive = new Set<string>()
  fails = false
  reads = 0

  async pool() {
    this.reads += 1
    if (this.fails) throw new Error('no endpoint answers')
    return this.members
  }

  async isActive(address: string) {
    return !this.inactive.has(address)
  }

  async serviceUri(address: string) {
    return this.uris[address] ?? ''
  }
}

function start(source: PoolDouble, over: { own?: string; store?: PoolStore } = {}) {
  const { own = '0xOwn', store = new PoolStore(':memory:', '0xC') } = over
  const clock = new FakeClock()
  const lines: LogLine[] = []
  const stop = new AbortController()
  const { signal } = stop
  const discovery = new PoolDiscovery({ source, store, own, clock, log: recordedLog(lines), signal })
  const ended = discovery.run()
  return { discovery, clock, lines, store, stop: () => (stop.abort(), ended) }
}
const uris = ({ discovery }: ReturnType<typeof start>) => discovery.candidates().map(({ uri }) => uri)

it('names who is active and can be reached, with its stake', async () => {
  const source = new PoolDouble()
  source.members.push(
    { address: '0xIdle', stake: 90n },
    { address: '0xNone', stake: 80n },
    { address: '0xBad', stake: 70n },
    { address: '0xAny', stake: 60n },
  )
  source.inactive.add('0xIdle')
  Object.assign(source.uris, { '0xIdle': 'https://idle:8935', '0xBad': 'https://x/path', '0xAny': '0.0.0.0:8935' })
  const run = start(source)
  await run.clock.advance(0)
  expect(run.discovery.candidates()).toEqual([
    { uri: 'https://a.example:8935', stake: 300n, trusted: false, origin: 'chain' },
    { uri: 'https://b.example:8935', stake: 200n, trusted: false, origin: 'chain' },
  ])
  const told = run.lines.map(({ fields }) => [fields['address'], fields['reason']])
  expect(told).toEqual([
    ['0xNone', 'it has registered no service URI'],
    ['0xBad', expect.stringContaining('more than scheme, host and port')],
    ['0xAny', '0.0.0.0 is no address of a machine'],
  ])
  run.discovery.changed()
  await run.clock.advance(0)
  expect(run.lines).toHaveLength(3)
  await run.stop()
})

it('does not name this node itself', async () => {
  const run = start(new PoolDouble(), { own: '0xA' })
  await run.clock.advance(0)
  expect(uris(run)).toEqual(['https://b.example:8935'])
  await run.stop()
})

it('reads again after ten minutes, and when it is told of a change', async () => {
  const source = new PoolDouble()
  const run = start(source)
  await run.clock.advance(599_999)
  expect(source.reads).toBe(1)
  await run.clock.advance(1)
  expect(source.reads).toBe(2)
  source.members = []
  run.discovery.changed()
  await run.clock.advance(0)
  expect(uris(run)).toEqual([])
  await run.stop()
})

it('keeps what it knew while the chain does not answer, and asks again soon', async () => {
  const source = new PoolDouble()
  const run = start(source)
  await run.clock.advance(0)
  source.fails = true
  run.discovery.changed()
  await run.clock.advance(0)
  expect(uris(run)).toHaveLength(2)
  expect(run.lines.at(-1)).toMatchObject({ level: 'warn', fields: { reason: 'no endpoint answers', known: 2 } })
  source.fails = false
  source.members = []
  await run.clock.advance(30_000)
  expect(uris(run)).toEqual([])
  await run.stop()
})

it('knows whom to ask after a restart without a chain; pools of other chains stay apart', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pool-'))
  const path = join(dir, 'orchestrators.sqlite')
  const first = start(new PoolDouble(), { store: new PoolStore(path, '0xC') })
  await first.clock.advance(0)
  await first.stop()
  first.store.close()
  const unreachable = new PoolDouble()
  unreachable.fails = true
  const again = start(unreachable, { store: new PoolStore(path, '0xc') })
  expect(uris(again)).toHaveLength(2)
  expect(again.discovery.candidates()[0]?.stake).toBe(300n)
  await again.stop()
  again.store.close()
  const other = new PoolStore(path, '0xD')
  expect(other.load()).toEqual({ orchestrators: [], readAt: 0 })
  other.close()
  await rm(dir, { recursive: true })
})

it('a store that cannot be written costs a warning', async () => {
  const store = new PoolStore(':memory:', '0xC')
  const broken = Object.assign(Object.create(store) as PoolStore, {
    load: () => store.load(),
    replace: () => {
      throw new Error('disk full')
    },
  })
  const run = start(new PoolDouble(), { store: broken })
  await run.clock.advance(0)
  expect(uris(run)).toHaveLength(2)
  expect(run.lines.map(({ fields }) => fields['reason'])).toEqual(['disk full'])
  await run.stop()
})

it('where the operator named some, those of the chain are not asked', () => {
  const found = aCandidate({ uri: 'https://found:8935', trusted: false, origin: 'chain' })
  const named = aCandidate({ uri: 'https://named:8935', origin: 'list' })
  expect(namedFirst([found, named])).toEqual([named])
  expect(namedFirst([found])).toEqual([found])
  expect(namedFirst([])).toEqual([])
})
