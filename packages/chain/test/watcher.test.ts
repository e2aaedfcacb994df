import { recordedLog } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { ChainWatcher } from '../src/index.ts'
import { connect } from './support.ts'
import { setUpWatcher } from './watch-setup.ts'

const setup = setUpWatcher()

async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await setup.watcher.look()
}

test('knows block, round and pool', async () => {
  const { devnet, watcher } = setup
  const { round, startBlock, block } = await devnet.round()
  const { position } = watcher
  expect(position).toMatchObject({ block, l1Block: block, poolSize: 1n })
  expect(position.round).toMatchObject({ number: round, current: round, initialized: true, startBlock })
  await devnet.mine(3)
  expect(watcher.position.block).toBe(block)
  await look()
  expect(watcher.position.block).toBe(block + 3n)
})

test('before the first look there is no position', () => {
  const { chain, clock } = setup
  const other = new ChainWatcher({ chain, clock, log: recordedLog([]) })
  expect(() => other.position).toThrow(expect.objectContaining({ code: 'LP_CHAIN_POSITION' }))
})

test("on Arbitrum the L1 block is the main chain's", async () => {
  const { devnet, relay, chain, clock, watcher } = setup
  const number = `0x${watcher.position.block.toString(16)}`
  const raw: unknown = await devnet.provider.send('eth_getBlockByNumber', [number, false])
  relay.interfere = ({ method }) =>
    method === 'eth_getBlockByNumber' ? { result: { ...(raw as object), l1BlockNumber: '0x1406f40' } } : undefined
  const arbitrum = new ChainWatcher({ chain, clock, log: recordedLog([]) })
  await arbitrum.look()
  expect(arbitrum.position).toMatchObject({ l1Block: 21_000_000n, block: watcher.position.block })
})

test('tells of rounds as they are initialized, and of one that is taken back', async () => {
  const { devnet, watcher } = setup
  const { round } = watcher.position
  const rounds: bigint[] = []
  watcher.on('round', ({ number }) => rounds.push(number))
  await devnet.mine(Number(round.startBlock + round.lengthBlocks - watcher.position.block))
  await look()
  expect(watcher.position.round).toMatchObject({ current: round.number + 1n, initialized: false })
  expect(rounds).toEqual([])
  await devnet.mineToRound(round.number + 1n)
  await look(2)
  expect(rounds).toEqual([round.number + 1n])
  await devnet.reorganize(2)
  await look()
  expect(rounds).toEqual([round.number + 1n, round.number])
})

test('looks again and again, and keeps what it knows when the chain is silent', async () => {
  const { devnet, relay, clock, lines, watcher } = setup
  await watcher.start()
  const { block } = watcher.position
  await devnet.mine(1)
  const moved = new Promise<void>((resolve) => watcher.on('block', () => resolve()))
  await clock.advance(5000)
  await moved
  expect(watcher.position.block).toBe(block + 1n)

  relay.interfere = () => ({ status: 500 })
  await expect.poll(() => clock.waiting).toBe(1)
  await clock.advance(5000)
  await expect.poll(() => lines.at(-1)?.level).toBe('warn')
  await clock.advance(20_000)
  expect(watcher.position.block).toBe(block + 1n)
  expect(watcher.ageMs).toBeGreaterThanOrEqual(25_000)
  expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test('an endpoint whose latest block stays the same while others go on is left, and comes back', async () => {
  const { devnet, relay, clock, lines } = setup
  const pair = await connect(devnet, { rpc: [relay.url, devnet.rpc], clock })
  const other = new ChainWatcher({ chain: pair, clock, log: recordedLog(lines) })
  await other.look()
  const { block } = other.position
  const old: unknown = await devnet.provider.send('eth_getBlockByNumber', ['latest', false])
  relay.interfere = ({ method, params }) => {
    if (method === 'eth_blockNumber') return { result: `0x${block.toString(16)}` }
    return method === 'eth_getBlockByNumber' && params[0] === 'latest' ? { result: old } : undefined
  }
  await devnet.mine(2)
  await clock.advance(59_000)
  await other.look()
  expect(pair.provider.endpoints[0]?.healthy).toBe(true)
  await clock.advance(1000)
  await other.look()
  expect(pair.provider.endpoints[0]?.healthy).toBe(false)
  await other.look()
  expect(other.position.block).toBe(block + 2n)

  const asked = relay.next('eth_blockNumber')
  await clock.advance(1000)
  await asked
  // It still says the same, and is looked at again later.
  await expect.poll(() => clock.waiting).toBe(1)
  expect(pair.provider.endpoints[0]?.healthy).toBe(false)
  relay.interfere = () => undefined
  await clock.advance(2000)
  await expect.poll(() => pair.provider.endpoints[0]?.healthy).toBe(true)
  pair.close()
})

test('while the chain itself stands still, no endpoint is blamed', async () => {
  const { devnet, relay, clock, lines } = setup
  const pair = await connect(devnet, { rpc: [relay.url, devnet.rpc], clock })
  const other = new ChainWatcher({ chain: pair, clock, log: recordedLog(lines) })
  await other.look()
  await clock.advance(60_000)
  await other.look()
  expect(relay.count('eth_blockNumber')).toBe(1)
  expect(pair.provider.endpoints.map(({ healthy }) => healthy)).toEqual([true, true])
  pair.close()
})

test('on Arbitrum the round is asked for once in each L1 block, until it is initialized', async () => {
  const { devnet, relay, chain, clock, watcher } = setup
  const l1 = { number: 21_000_000 }
  relay.interfere = async ({ method, params }) => {
    if (method !== 'eth_getBlockByNumber') return undefined
    const raw: unknown = await devnet.provider.send('eth_getBlockByNumber', [...params])
    return { result: { ...(raw as object), l1BlockNumber: `0x${l1.number.toString(16)}` } }
  }
  const arbitrum = new ChainWatcher({ chain, clock, log: recordedLog([]) })
  const callsOf = async () => {
    const before = relay.count('eth_call')
    await devnet.mine(1)
    await arbitrum.look()
    return relay.count('eth_call') - before
  }
  const first = await callsOf()
  expect(first).toBeGreaterThan(0)
  expect(await callsOf()).toBe(0)
  l1.number++
  expect(await callsOf()).toBe(first)
  const { round, block } = watcher.position
  await devnet.mine(Number(round.startBlock + round.lengthBlocks - block))
  l1.number++
  expect(await callsOf()).toBe(first)
  expect(arbitrum.position.round.initialized).toBe(false)
  expect(await callsOf()).toBe(first)
})

test('the first look must succeed', async () => {
  const { relay, chain, clock } = setup
  relay.interfere = () => ({ status: 500 })
  const other = new ChainWatcher({ chain, clock, log: recordedLog([]) })
  await expect(other.start()).rejects.toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
})

test('a listener that fails is logged, and the others are told', async () => {
  const { devnet, lines, watcher } = setup
  watcher.on('block', () => {
    throw new Error('clumsy')
  })
  let blocks = 0
  watcher.on('block', () => blocks++)
  await devnet.mine(1)
  await look()
  expect(blocks).toBe(1)
  expect(lines.at(-1)).toMatchObject({ level: 'error', fields: { reason: 'clumsy' } })
})
