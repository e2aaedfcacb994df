import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Chain, TransactionProgress } from '../src/index.ts'
import { connect, managerOf } from './support.ts'

const ETH = 10n ** 18n
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

test('sends, follows, and hands the events over', async () => {
  const { ticketBroker } = chain.contracts
  const account = devnet.account('spare')
  const manager = managerOf(chain, account)
  const told: TransactionProgress['state'][] = []
  const receipt = await manager.send(
    { ...ticketBroker.fund(ETH, 2n * ETH), label: 'fund' },
    { onProgress: ({ state }) => told.push(state) },
  )
  expect(told).toEqual(['sent', 'mined', 'done'])
  expect(receipt.logs.map((log) => ticketBroker.readEvent(log)?.name)).toEqual(
    expect.arrayContaining(['DepositFunded', 'ReserveFunded']),
  )
  expect(await ticketBroker.readSender(account.address)).toMatchObject({ deposit: ETH })
  expect(manager.pending()).toEqual([])
  await manager.stop()
})

test('50 at the same time have 50 nonces in a row', async () => {
  const { ticketBroker } = chain.contracts
  const account = devnet.account('spare', 1)
  const manager = managerOf(chain, account)
  const sends = Array.from({ length: 50 }, (_, i) =>
    manager.send({ ...ticketBroker.fund(BigInt(i), 0n), label: `fund ${i}` }),
  )
  const receipts = await Promise.all(sends)
  expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(50)
  expect(await devnet.provider.getTransactionCount(account.address)).toBe(50)
  expect((await ticketBroker.readSender(account.address)).deposit).toBe((49n * 50n) / 2n)
  await manager.stop()
})
