import { type Devnet, type DevnetAccount, type Snapshot, startDevnet } from '@livepeer-node/devnet'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Chain, type ChainLog, ChainWatcher, type EventFilter } from '../src/index.ts'
import { RpcRelay } from './rpc-relay.ts'
import { connect } from './support.ts'

let devnet: Devnet
let snapshot: Snapshot
let relay: RpcRelay
let chain: Chain
let clock: FakeClock
let lines: LogLine[]
let watcher: ChainWatcher
let told: string[]
let account: DevnetAccount

beforeAll(async () => {
  devnet = await startDevnet()
  snapshot = await devnet.snapshot()
  account = devnet.account('spare')
})

afterAll(() => devnet.stop())

beforeEach(async () => {
  await snapshot.revert()
  relay = await RpcRelay.to(devnet.rpc)
  clock = new FakeClock()
  lines = []
  told = []
  chain = await connect(devnet, { rpc: [relay.url], clock })
  watcher = new ChainWatcher({ chain, clock, log: recordedLog(lines) })
  await watcher.look()
})

afterEach(async () => {
  await watcher.stop()
  chain.close()
  await relay[Symbol.asyncDispose]()
})

/** Writes down what the watcher tells of deposits. */
function listen(more: Partial<EventFilter> = {}): void {
  const { ticketBroker } = chain.contracts
  const topics = [ticketBroker.topic('DepositFunded')]
  const amount = (log: ChainLog) => String(ticketBroker.readEvent(log)?.args.amount)
  watcher.on('reorg', () => told.push('reorg'))
  watcher.subscribe(
    { address: ticketBroker.address, topics, ...more },
    { added: (log) => told.push(`+${amount(log)}`), removed: (log) => told.push(`-${amount(log)}`) },
  )
}

/** One block with one deposit. */
async function deposit(amount: bigint): Promise<void> {
  const broker = devnet.contract('TicketBroker', account)
  const sent = await broker.getFunction('fundDeposit').send({ value: amount, gasLimit: 200_000n })
  await sent.wait()
}

async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await watcher.look()
}

test('knows block, round and pool', async () => {
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
  const other = new ChainWatcher({ chain, clock, log: recordedLog([]) })
  expect(() => other.position).toThrow(expect.objectContaining({ code: 'LP_CHAIN_POSITION' }))
})

test("on Arbitrum the L1 block is the main chain's", async () => {
  const number = `0x${watcher.position.block.toString(16)}`
  const raw: unknown = await devnet.provider.send('eth_getBlockByNumber', [number, false])
  relay.interfere = ({ method }) =>
    method === 'eth_getBlockByNumber' ? { result: { ...(raw as object), l1BlockNumber: '0x1406f40' } } : undefined
  const arbitrum = new ChainWatcher({ chain, clock, log: recordedLog([]) })
  await arbitrum.look()
  expect(arbitrum.position).toMatchObject({ l1Block: 21_000_000n, block: watcher.position.block })
})

test('tells of each event once, in order', async () => {
  listen()
  await deposit(1n)
  await deposit(2n)
  await look(2)
  expect(told).toEqual(['+1', '+2'])
  await deposit(3n)
  await look(3)
  expect(told).toEqual(['+1', '+2', '+3'])
})

test('events of before are told only to who asks for them', async () => {
  const first = watcher.position.block + 1n
  await deposit(1n)
  await devnet.mine(1100)
  await look()
  listen()
  listen({ fromBlock: first })
  await look(2)
  expect(told).toEqual(['+1'])
})

test('no event is told before so many blocks are on top of it', async () => {
  listen({ confirmations: 2 })
  await deposit(1n)
  await look()
  await devnet.mine(1)
  await look()
  expect(told).toEqual([])
  await devnet.mine(1)
  await look(2)
  expect(told).toEqual(['+1'])
})

test.each([1, 5, 20, 40])('a reorganization of %i blocks takes an event back, once', async (depth) => {
  listen()
  await deposit(1n)
  await deposit(2n)
  await devnet.mine(depth - 1)
  await look(2)
  await devnet.reorganize(depth)
  await look(2)
  expect(told).toEqual(['+1', '+2', 'reorg', '-2'])
  await deposit(3n)
  await look()
  expect(told.slice(4)).toEqual(['+3'])
})

test('a reorganization tells where it begins: what is older stands', async () => {
  const forks: bigint[] = []
  watcher.on('reorg', ({ from }) => forks.push(from))
  const before = watcher.position.block
  await devnet.mine(2)
  await look()
  // A block that is empty again would be the same again.
  await deposit(1n)
  await devnet.mine(3)
  await look()
  await devnet.reorganize(4)
  await look(2)
  expect(forks).toEqual([before + 3n])
})

test('an event that comes again after a reorganization is told again', async () => {
  listen()
  await deposit(7n)
  await look()
  const hash = (await devnet.provider.getBlock('latest'))?.transactions[0]
  const raw = await devnet.provider.send('eth_getRawTransactionByHash', [hash])
  await devnet.reorganize(1)
  await devnet.provider.send('eth_sendRawTransaction', [raw])
  await look(2)
  expect(told).toEqual(['+7', 'reorg', '-7', '+7'])
})

test('an unconfirmed event that a reorganization takes away was never told', async () => {
  listen({ confirmations: 3 })
  await deposit(1n)
  await look()
  await devnet.reorganize(1)
  await devnet.mine(10)
  await look(2)
  expect(told).toEqual(['reorg'])
})

test('an endpoint that leaves events out without a word costs none, and takes none back', async () => {
  listen()
  await deposit(1n)
  await look()
  relay.interfere = ({ method }) => (method === 'eth_getLogs' ? { result: [] } : undefined)
  await deposit(2n)
  await look()
  expect(told).toEqual(['+1'])
  relay.interfere = () => undefined
  await devnet.mine(1)
  await look()
  expect(told).toEqual(['+1', '+2'])
})

test('an endpoint that is behind changes nothing', async () => {
  listen()
  const old: unknown = await devnet.provider.send('eth_getBlockByNumber', ['latest', false])
  await deposit(1n)
  await look()
  const { position } = watcher
  relay.interfere = ({ method, params }) =>
    method === 'eth_getBlockByNumber' && params[0] === 'latest' ? { result: old } : undefined
  await look(3)
  expect(watcher.position).toBe(position)
  relay.interfere = () => undefined
  await look()
  expect(told).toEqual(['+1'])
})

test('a chain that stays shorter is believed', async () => {
  listen()
  const here = await devnet.snapshot()
  await deposit(1n)
  await devnet.mine(3)
  await look()
  await here.revert()
  await look(3)
  expect(told).toEqual(['+1'])
  await look()
  expect(told).toEqual(['+1', 'reorg', '-1'])
})

test('a search that fails is made up for', async () => {
  listen()
  await deposit(1n)
  relay.interfere = ({ method }) => (method === 'eth_getLogs' ? { status: 500 } : undefined)
  await expect(watcher.look()).rejects.toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
  relay.interfere = () => undefined
  await look()
  expect(told).toEqual(['+1'])
})

test('a reorganization during which the chain stops answering is told afterwards', async () => {
  listen()
  await deposit(1n)
  await look()
  await devnet.reorganize(1)
  relay.interfere = ({ method }) => (method === 'eth_call' ? { status: 500 } : undefined)
  await expect(watcher.look()).rejects.toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
  relay.interfere = () => undefined
  await look()
  expect(told).toEqual(['+1', 'reorg', '-1'])
})

test('tells of rounds as they are initialized, and of one that is taken back', async () => {
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

test('the first look must succeed', async () => {
  relay.interfere = () => ({ status: 500 })
  const other = new ChainWatcher({ chain, clock, log: recordedLog([]) })
  await expect(other.start()).rejects.toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
})

test('a listener that fails is logged, and the others are told', async () => {
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
