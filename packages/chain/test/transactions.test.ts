import { Wallet } from 'ethers'
import { expect, test } from 'vitest'
import type { TransactionProgress } from '../src/index.ts'
import { setUpSending } from './send-setup.ts'
import { managerOf } from './support.ts'

const ETH = 10n ** 18n
const GWEI = 10n ** 9n

const setup = setUpSending()

test('sends, follows, and hands the events over', async () => {
  const s = setup()
  const { ticketBroker } = s.chain.contracts
  const told: TransactionProgress['state'][] = []
  const manager = s.open()
  const request = { ...ticketBroker.fund(ETH, 2n * ETH), label: 'fund' }
  const receipt = await manager.send(request, { onProgress: ({ state }) => told.push(state) })
  expect(told).toEqual(['sent', 'mined', 'done'])
  expect(receipt.logs.map((log) => ticketBroker.readEvent(log)?.name)).toEqual(
    expect.arrayContaining(['DepositFunded', 'ReserveFunded']),
  )
  expect(await s.deposit()).toBe(ETH)
  expect(manager.pending()).toEqual([])
})

test('50 at the same time have 50 nonces in a row', async () => {
  const s = setup()
  const manager = s.open()
  const receipts = await Promise.all(Array.from({ length: 50 }, (_, i) => manager.send(s.fund(BigInt(i)))))
  expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(50)
  expect(await s.sent()).toBe(50)
  expect(await s.deposit()).toBe((49n * 50n) / 2n)
})

test('one key is one transaction, however many ask', async () => {
  const s = setup()
  const manager = s.open()
  const receipts = await Promise.all([1, 2, 3].map(() => manager.send(s.fund(1n), { key: 'once' })))
  receipts.push(await manager.send(s.fund(1n), { key: 'once' }))
  expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(1)
  await manager.send(s.fund(1n), { key: 'twice' })
  expect(await s.deposit()).toBe(2n)
})

test('what the contract would refuse is not sent, and its nonce is used by the next', async () => {
  const s = setup()
  const manager = s.open()
  const { ticketBroker } = s.chain.contracts
  const refusal = { code: 'LP_TX_WOULD_REVERT', observed: 'sender deposit and reserve are zero' }
  await expect(manager.send({ ...ticketBroker.unlock(), label: 'unlock' })).rejects.toMatchObject(refusal)
  await manager.send(s.fund(1n))
  expect(await s.sent()).toBe(1)
})

test('what the contract refuses once it is mined says why, and may be sent again', async () => {
  const s = setup()
  const manager = s.open()
  const { ticketBroker } = s.chain.contracts
  const unlock = { ...ticketBroker.unlock(), label: 'unlock' }
  const sent = manager.send(unlock, { key: 'unlock', gasLimit: 200_000n })
  await expect(sent).rejects.toMatchObject({
    code: 'LP_TX_REVERTED',
    message: expect.stringContaining('sender deposit and reserve are zero'),
    observed: expect.stringMatching(/^0x[0-9a-f]{64}$/),
  })
  expect(manager.pending()).toEqual([])
  await manager.send(s.fund(1n))
  await manager.send(unlock, { key: 'unlock' })
})

test('too little gas is named as such', async () => {
  const s = setup()
  const manager = s.open()
  await expect(manager.send(s.fund(1n), { gasLimit: 30_000n })).rejects.toMatchObject({
    code: 'LP_TX_REVERTED',
    message: expect.stringContaining('used all of its 30000 gas'),
  })
})

test('an account without Ether is told so, and nothing is kept', async () => {
  const s = setup()
  const { address, privateKey } = Wallet.createRandom()
  const manager = managerOf(s.chain, { address, privateKey, role: 'spare' })
  await expect(manager.send(s.fund(1n))).rejects.toMatchObject({ code: 'LP_TX_FUNDS', observed: address })
  const unchecked = manager.send(s.fund(1n), { gasLimit: 200_000n })
  await expect(unchecked).rejects.toMatchObject({ code: 'LP_TX_FUNDS' })
  expect(manager.pending()).toEqual([])
  await manager.stop()
})

test('nothing is sent while gas is dearer than allowed', async () => {
  const s = setup()
  // What is offered to whoever mines is a gwei, whatever the block burns.
  const manager = s.open({ maxGasPrice: GWEI / 2n })
  await expect(manager.send(s.fund(1n))).rejects.toMatchObject({ code: 'LP_TX_GAS_PRICE', limit: `${GWEI / 2n}` })
  expect(await s.devnet.provider.getTransactionCount(s.account.address, 'pending')).toBe(0)
})

test('a journal that cannot be written is an error before anything is sent', () => {
  const s = setup()
  const open = () => s.open({ journal: '/dev/null/journal' })
  expect(open).toThrow(expect.objectContaining({ code: 'LP_TX_JOURNAL' }))
})
