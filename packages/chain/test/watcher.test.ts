import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { systemClock } from '@livepeer-node/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chain, ChainWatcher } from '../src/index.ts'
import { connect, managerOf, silent } from './support.ts'

let devnet: Devnet
let chain: Chain

beforeAll(async () => {
  devnet = await startDevnet()
  chain = await connect(devnet)
})

afterAll(async () => {
  chain.close()
  await devnet.stop()
})

test.each([1, 5, 20])('a reorganization of %i blocks takes an event back, once', async (depth) => {
  const { ticketBroker } = chain.contracts
  const watcher = new ChainWatcher({ chain, clock: systemClock, log: silent })
  await watcher.look()
  const told: string[] = []
  watcher.on('reorg', () => told.push('reorg'))
  watcher.subscribe(
    { address: ticketBroker.address, topics: [ticketBroker.topic('DepositFunded')] },
    { added: () => told.push('added'), removed: () => told.push('removed') },
  )
  const manager = managerOf(chain, devnet.account('spare'))
  await manager.send({ ...ticketBroker.fund(1n, 0n), label: 'fund' })
  await manager.stop()
  await devnet.mine(depth - 1)
  await watcher.look()
  await watcher.look()
  expect(told).toEqual(['added'])
  await devnet.reorganize(depth)
  await watcher.look()
  await watcher.look()
  expect(told).toEqual(['added', 'reorg', 'removed'])
})
