import { beforeEach, expect, test } from 'vitest'
import type { ChainLog, EventFilter } from '../src/index.ts'
import { setUpWatcher } from './watch-setup.ts'

const setup = setUpWatcher()
let told: string[]

beforeEach(() => {
  told = []
})

/** Writes down what the watcher tells of deposits. */
function listen(more: Partial<EventFilter> = {}): void {
  const { watcher, chain } = setup
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
  const { devnet } = setup
  const broker = devnet.contract('TicketBroker', devnet.account('spare'))
  const sent = await broker.getFunction('fundDeposit').send({ value: amount, gasLimit: 200_000n })
  await sent.wait()
}

async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await setup.watcher.look()
}

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
  const { devnet, watcher } = setup
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
  const { devnet } = setup
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
  const { devnet } = setup
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
  const { devnet, watcher } = setup
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
  const { devnet } = setup
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
  const { devnet } = setup
  listen({ confirmations: 3 })
  await deposit(1n)
  await look()
  await devnet.reorganize(1)
  await devnet.mine(10)
  await look(2)
  expect(told).toEqual(['reorg'])
})

test('an endpoint that leaves events out without a word costs none, and takes none back', async () => {
  const { devnet, relay } = setup
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
  const { devnet, relay, watcher } = setup
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
  const { devnet } = setup
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
  const { relay, watcher } = setup
  listen()
  await deposit(1n)
  relay.interfere = ({ method }) => (method === 'eth_getLogs' ? { status: 500 } : undefined)
  await expect(watcher.look()).rejects.toMatchObject({ code: 'LP_CHAIN_UNREACHABLE' })
  relay.interfere = () => undefined
  await look()
  expect(told).toEqual(['+1'])
})

test('a reorganization during which the chain stops answering is told afterwards', async () => {
  const { devnet, relay, watcher } = setup
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
