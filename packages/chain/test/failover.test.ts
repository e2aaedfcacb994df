import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { FakeClock, Link, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Chain, openChain } from '../src/index.ts'
import type { Endpoint } from '../src/rpc/endpoint.ts'
import { EndpointHealth } from '../src/rpc/endpoint-health.ts'
import { type Reply, RpcRelay } from './rpc-relay.ts'
import { connect } from './support.ts'

let devnet: Devnet
let first: RpcRelay
let second: RpcRelay
let clock: FakeClock
let chain: Chain
let lines: LogLine[]

beforeAll(async () => {
  devnet = await startDevnet()
})

afterAll(() => devnet.stop())

beforeEach(async () => {
  first = await RpcRelay.to(devnet.rpc)
  second = await RpcRelay.to(devnet.rpc)
  clock = new FakeClock()
  lines = []
  chain = await connect(devnet, { rpc: [first.url, second.url], clock, log: recordedLog(lines) })
})

afterEach(async () => {
  chain.close()
  await first[Symbol.asyncDispose]()
  await second[Symbol.asyncDispose]()
})

/** Which relay was asked for the latest block. */
async function whoAnswers(): Promise<string> {
  const before = second.asked.length
  expect((await chain.block())?.number).toBeGreaterThan(0n)
  return second.asked.length > before ? 'second' : 'first'
}

test('the first endpoint is asked, and no other', async () => {
  expect(await whoAnswers()).toBe('first')
  // Once, to see which chain it serves.
  expect(second.asked.map(({ method }) => method)).toEqual(['eth_chainId'])
})

test.each<[string, Reply]>([
  ['a reset', 'reset'],
  ['status 500', { status: 500, body: '{"error":{"code":-32000,"message":"upstream"}}' }],
  ['status 429', { status: 429 }],
  ['status 403 with an error of JSON-RPC', { status: 403, body: '{"error":{"code":-32000,"message":"no key"}}' }],
  ['a page instead of an answer', { status: 200, body: '<html>' }],
  ['an answer without a result', { status: 200, body: '{"jsonrpc":"2.0","id":1}' }],
  ['too many requests', { error: { code: -32_005, message: 'daily request count exceeded' } }],
])('after %s the next one is asked within the call, until the first is well again', async (_, reply) => {
  first.interfere = () => reply
  expect(await whoAnswers()).toBe('second')
  expect(chain.provider.endpoints.map(({ healthy }) => healthy)).toEqual([false, true])
  const asked = first.asked.length
  expect(await whoAnswers()).toBe('second')
  expect(first.asked.length).toBe(asked)

  first.interfere = () => undefined
  const looked = first.next('eth_blockNumber')
  await clock.advance(1000)
  await looked
  await expect.poll(() => chain.provider.endpoints[0]?.healthy).toBe(true)
  expect(await whoAnswers()).toBe('first')
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'info'])
})

test('an endpoint that says nothing at all is given up after 10 s', async () => {
  first.interfere = () => 'silence'
  const answered = chain.block()
  await first.next('eth_getBlockByNumber').catch(() => undefined)
  await clock.advance(10_000)
  expect((await answered)?.number).toBeGreaterThan(0n)
  expect(second.count('eth_getBlockByNumber')).toBe(1)
})

test('a sick endpoint is looked at ever more seldom, up to once a minute', async () => {
  const asked: number[] = []
  const dead: Endpoint = {
    name: 'dead',
    request: () => {
      asked.push(clock.monotonic())
      return Promise.reject(new Error('dead'))
    },
    close: () => undefined,
  }
  const health = new EndpointHealth({ endpoint: dead, chainId: 1n, clock, log: recordedLog(lines) })
  await health.ask('eth_blockNumber', [])
  await clock.advance(200_000)
  const pauses = asked.slice(1).map((at, i) => at - (asked[i] ?? 0))
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  expect(lines).toHaveLength(1)
  health.close()
  expect(clock.waiting).toBe(0)
})

test('when all fail, the error says what each one did', async () => {
  first.interfere = () => 'reset'
  second.interfere = () => ({ status: 502 })
  await expect(chain.block()).rejects.toMatchObject({
    code: 'LP_CHAIN_UNREACHABLE',
    observed: expect.stringContaining('status 502'),
  })
  // Nobody is well, but one of them may be again: they are asked all the same.
  second.interfere = () => undefined
  expect((await chain.block())?.number).toBeGreaterThan(0n)
})

test('what the chain refuses is an answer and no reason to ask elsewhere', async () => {
  const before = second.asked.length
  await expect(chain.provider.send('eth_noSuchMethod', [])).rejects.toThrow('eth_noSuchMethod')
  expect(second.asked.length).toBe(before)
  expect(chain.provider.endpoints[0]?.healthy).toBe(true)
})

test('an endpoint that has not seen a block yet is no help, but not sick', async () => {
  first.interfere = ({ method }) =>
    method === 'eth_call' ? { error: { code: -32_000, message: 'header not found' } } : undefined
  const latest = BigInt(await devnet.provider.getBlockNumber())
  expect(await chain.contracts.roundsManager.currentRound(latest)).toBeGreaterThan(0n)
  expect(second.count('eth_call')).toBe(1)
  expect(chain.provider.endpoints[0]?.healthy).toBe(true)
})

test('an endpoint that comes back with another chain is never asked again', async () => {
  first.interfere = () => 'reset'
  await chain.block()
  first.interfere = ({ method }) => (method === 'eth_chainId' ? { result: '0x1' } : undefined)
  const looked = first.next('eth_chainId')
  await clock.advance(1000)
  await looked
  await expect.poll(() => lines.at(-1)?.fields.code).toBe('LP_CHAIN_ID')
  await clock.advance(120_000)
  expect(await whoAnswers()).toBe('second')
})

test('another chain is refused from the start', async () => {
  await expect(connect(devnet, { chainId: 42_161 })).rejects.toMatchObject({
    code: 'LP_CHAIN_ID',
    observed: `${devnet.chainId}`,
    limit: '42161',
  })
  second.interfere = ({ method }) => (method === 'eth_chainId' ? { result: '0x1' } : undefined)
  const both = { rpc: [first.url, second.url] }
  await expect(connect(devnet, both)).rejects.toMatchObject({ code: 'LP_CHAIN_ID', observed: '1' })
})

test('one endpoint that answers is enough to start with', async () => {
  second.interfere = () => 'reset'
  const other = await connect(devnet, { rpc: [second.url, first.url] })
  expect(other.chainId).toBe(BigInt(devnet.chainId))
  other.close()
  first.interfere = () => 'reset'
  const both = { rpc: [first.url, second.url] }
  await expect(connect(devnet, both)).rejects.toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
})

test.each(['', 'localhost:8545', 'ftp://127.0.0.1', 'not a url'])('“%s” is no endpoint', async (url) => {
  await expect(connect(devnet, { rpc: [url] })).rejects.toMatchObject({ code: 'LP_CHAIN_ENDPOINT' })
})

test('no endpoint at all is refused, and a key in a URL stays out of the error', async () => {
  await expect(connect(devnet, { rpc: [] })).rejects.toMatchObject({ code: 'LP_CHAIN_ENDPOINT' })
  const secret = { rpc: ['http://user:hunter2@127.0.0.1:1/v2/abcdef'] }
  const error: unknown = await connect(devnet, secret).catch((it: unknown) => it)
  expect(error).toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
  expect(JSON.stringify(error)).not.toMatch(/hunter2|abcdef/)
})

test('a WebSocket that was cut is opened again', async () => {
  await using link = await Link.to(() => Number(new URL(devnet.rpc).port))
  const { controller } = devnet
  const over = await openChain({ rpc: [`ws://${link.address}`], controller, clock, log: recordedLog([]) })
  expect(await over.contracts.roundsManager.currentRound()).toBeGreaterThan(0n)
  link.reset()
  await expect.poll(() => link.connections).toBe(0)
  expect(await over.contracts.roundsManager.currentRound()).toBeGreaterThan(0n)

  link.silence()
  const lost = over.contracts.roundsManager.currentRound().catch((error: unknown) => error)
  await clock.whenWaiting()
  await clock.advance(10_000)
  expect(await lost).toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
  expect(await over.contracts.roundsManager.currentRound()).toBeGreaterThan(0n)
  over.close()
})
