import { type Devnet, type DevnetAccount, type Snapshot, startDevnet } from '@livepeer-node/devnet'
import { systemClock } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { Wallet } from 'ethers'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Chain,
  type ContractCall,
  identityOf,
  type TransactionManager,
  type TransactionProgress,
  type TransactionSigner,
} from '../src/index.ts'
import type { TransactionManagerInit } from '../src/transactions/manager.ts'
import { RpcRelay } from './rpc-relay.ts'
import { connect, managerOf } from './support.ts'

const ETH = 10n ** 18n
const GWEI = 10n ** 9n
let devnet: Devnet
let snapshot: Snapshot
let relay: RpcRelay
let chain: Chain
let account: DevnetAccount
let manager: TransactionManager
let lines: LogLine[]

beforeAll(async () => {
  devnet = await startDevnet()
  snapshot = await devnet.snapshot()
  relay = await RpcRelay.to(devnet.rpc)
  chain = await connect(devnet, { rpc: [relay.url] })
  account = devnet.account('spare')
})

afterAll(async () => {
  chain.close()
  await relay[Symbol.asyncDispose]()
  await devnet.stop()
})

beforeEach(() => {
  lines = []
})

afterEach(async () => {
  relay.interfere = () => undefined
  relay.after = () => undefined
  await manager.stop()
  await devnet.provider.send('evm_setAutomine', [true])
  await devnet.provider.send('anvil_dropAllTransactions', [])
  await snapshot.revert()
})

function open(more: Partial<TransactionManagerInit> = {}): TransactionManager {
  manager = managerOf(chain, account, { log: recordedLog(lines), ...more })
  return manager
}

function fund(amount: bigint): ContractCall & { label: string } {
  return { ...chain.contracts.ticketBroker.fund(amount, 0n), label: `deposit ${amount}` }
}

/** From now on blocks come only from `devnet.mine`. */
async function holdBlocks(): Promise<void> {
  await devnet.provider.send('evm_setAutomine', [false])
}

async function depositOf(): Promise<bigint> {
  return (await chain.contracts.ticketBroker.readSender(account.address)).deposit
}

test('sends, follows, and hands the events over', async () => {
  const { ticketBroker } = chain.contracts
  const told: TransactionProgress['state'][] = []
  const receipt = await open().send(
    { ...ticketBroker.fund(ETH, 2n * ETH), label: 'fund' },
    { onProgress: ({ state }) => told.push(state) },
  )
  expect(told).toEqual(['sent', 'mined', 'done'])
  expect(receipt.logs.map((log) => ticketBroker.readEvent(log)?.name)).toEqual(
    expect.arrayContaining(['DepositFunded', 'ReserveFunded']),
  )
  expect(await depositOf()).toBe(ETH)
  expect(manager.pending()).toEqual([])
})

test('50 at the same time have 50 nonces in a row', async () => {
  open()
  const receipts = await Promise.all(Array.from({ length: 50 }, (_, i) => manager.send(fund(BigInt(i)))))
  expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(50)
  expect(await devnet.provider.getTransactionCount(account.address)).toBe(50)
  expect(await depositOf()).toBe((49n * 50n) / 2n)
})

test('one key is one transaction, however many ask', async () => {
  open()
  const receipts = await Promise.all([1, 2, 3].map(() => manager.send(fund(1n), { key: 'once' })))
  receipts.push(await manager.send(fund(1n), { key: 'once' }))
  expect(new Set(receipts.map(({ transactionHash }) => transactionHash)).size).toBe(1)
  await manager.send(fund(1n), { key: 'twice' })
  expect(await depositOf()).toBe(2n)
})

test('what the contract would refuse is not sent, and its nonce is used by the next', async () => {
  open()
  const { ticketBroker } = chain.contracts
  const refusal = { code: 'LP_TX_WOULD_REVERT', observed: 'sender deposit and reserve are zero' }
  await expect(manager.send({ ...ticketBroker.unlock(), label: 'unlock' })).rejects.toMatchObject(refusal)
  await manager.send(fund(1n))
  expect(await devnet.provider.getTransactionCount(account.address)).toBe(1)
})

test('what the contract refuses once it is mined says why, and may be sent again', async () => {
  open()
  const { ticketBroker } = chain.contracts
  const unlock = { ...ticketBroker.unlock(), label: 'unlock' }
  const sent = manager.send(unlock, { key: 'unlock', gasLimit: 200_000n })
  await expect(sent).rejects.toMatchObject({
    code: 'LP_TX_REVERTED',
    message: expect.stringContaining('sender deposit and reserve are zero'),
    observed: expect.stringMatching(/^0x[0-9a-f]{64}$/),
  })
  expect(manager.pending()).toEqual([])
  await manager.send(fund(1n))
  await manager.send(unlock, { key: 'unlock' })
})

test('too little gas is named as such', async () => {
  open()
  await expect(manager.send(fund(1n), { gasLimit: 30_000n })).rejects.toMatchObject({
    code: 'LP_TX_REVERTED',
    message: expect.stringContaining('used all of its 30000 gas'),
  })
})

test('an account without Ether is told so, and nothing is kept', async () => {
  const { address, privateKey } = Wallet.createRandom()
  manager = managerOf(chain, { address, privateKey, role: 'spare' })
  await expect(manager.send(fund(1n))).rejects.toMatchObject({ code: 'LP_TX_FUNDS', observed: address })
  const unchecked = manager.send(fund(1n), { gasLimit: 200_000n })
  await expect(unchecked).rejects.toMatchObject({ code: 'LP_TX_FUNDS' })
  expect(manager.pending()).toEqual([])
})

test('nothing is sent while gas is dearer than allowed', async () => {
  // What is offered to whoever mines is a gwei, whatever the block burns.
  open({ maxGasPrice: GWEI / 2n })
  await expect(manager.send(fund(1n))).rejects.toMatchObject({ code: 'LP_TX_GAS_PRICE', limit: `${GWEI / 2n}` })
  expect(await devnet.provider.getTransactionCount(account.address, 'pending')).toBe(0)
})

test('one that is not mined is replaced by one that pays more', async () => {
  await holdBlocks()
  open({ replaceAfterMs: 0, maxReplacements: 2 })
  const hashes: string[] = []
  const sent = manager.send(fund(1n), { onProgress: ({ state, hash }) => state === 'sent' && hashes.push(hash) })
  await expect.poll(() => hashes.length).toBe(3)
  await devnet.mine(1)
  const { transactionHash } = await sent
  expect(transactionHash).toBe(hashes[2])
  expect(await depositOf()).toBe(1n)
})

test('the price of a replacement stays within the bound', async () => {
  await holdBlocks()
  open({ replaceAfterMs: 0, maxReplacements: 50, maxGasPrice: 2n * GWEI })
  const sent = manager.send(fund(1n))
  await expect.poll(() => lines.find(({ level }) => level === 'warn')?.fields.code).toBe('LP_TX_GAS_PRICE')
  const raw = await devnet.provider.getTransaction(manager.pending()[0]?.hash ?? '')
  expect(raw?.maxFeePerGas).toBeLessThanOrEqual(2n * GWEI)
  await devnet.mine(1)
  await sent
})

test('one that is given up is cancelled, and what comes after it is mined', async () => {
  await holdBlocks()
  open({ replaceAfterMs: 0 })
  const states: string[] = []
  const sent = manager.send(fund(1n), { giveUpAfterMs: 0, onProgress: ({ state }) => states.push(state) })
  const next = manager.send(fund(2n))
  await expect.poll(() => states.includes('cancelling')).toBe(true)
  const outcome = sent.catch((error: unknown) => error)
  await devnet.mine(1)
  expect(await outcome).toMatchObject({ code: 'LP_TX_DROPPED' })
  await devnet.mine(1)
  await next
  expect(await depositOf()).toBe(2n)
})

test('one that the chain forgets is handed over again', async () => {
  await holdBlocks()
  const clock = new FakeClock()
  open({ clock, pollMs: 1000 })
  const sent = manager.send(fund(1n))
  await clock.whenWaiting()
  const before = relay.count('eth_sendRawTransaction')
  await devnet.provider.send('anvil_dropAllTransactions', [])
  for (let s = 0; s < 31; s++) {
    await clock.advance(1000)
    await clock.whenWaiting()
  }
  expect(relay.count('eth_sendRawTransaction')).toBe(before + 1)
  await devnet.mine(1)
  await clock.advance(1000)
  await sent
  expect(await depositOf()).toBe(1n)
})

test('another program that takes the nonce is found out', async () => {
  await holdBlocks()
  open()
  const sent = manager.send(fund(1n)).catch((error: unknown) => error)
  await expect.poll(() => manager.pending().length).toBe(1)
  const wallet = new Wallet(account.privateKey, devnet.provider)
  const fees = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: 50n * GWEI, gasLimit: 21_000n }
  await wallet.sendTransaction({ to: account.address, nonce: 0, type: 2, ...fees })
  await devnet.mine(1)
  expect(await sent).toMatchObject({ code: 'LP_TX_REPLACED' })
  expect(await depositOf()).toBe(0n)
})

test('it is done only so many blocks deep, and a reorganization starts it over', async () => {
  open()
  const seen: number[] = []
  const sent = manager.send(fund(1n), { confirmations: 3, onProgress: (it) => seen.push(it.confirmations) })
  await expect.poll(() => seen.includes(1)).toBe(true)
  await devnet.mine(1)
  await expect.poll(() => seen.includes(2)).toBe(true)
  await devnet.reorganize(2)
  // The chain has forgotten it: it comes into a new block only if it is sent again.
  await expect.poll(() => seen.filter((it) => it === 1).length).toBe(2)
  expect(manager.pending()).toHaveLength(1)
  await devnet.mine(2)
  await sent
  expect(await depositOf()).toBe(1n)
})

test.each(['silence', 'reset'] as const)('an answer that is lost (%s) does not send it twice', async (loss) => {
  const quick = await connect(devnet, { rpc: [relay.url, devnet.rpc], timeoutMs: 300 })
  manager = managerOf(quick, account)
  relay.after = ({ method }) => (method === 'eth_sendRawTransaction' ? loss : undefined)
  await manager.send(fund(1n))
  expect(await depositOf()).toBe(1n)
  expect(await devnet.provider.getTransactionCount(account.address)).toBe(1)
  quick.close()
})

test('while the chain is silent it stays open, and goes on when the chain is back', async () => {
  open()
  relay.interfere = ({ method }) => (method === 'eth_sendRawTransaction' ? { status: 500 } : undefined)
  const sent = manager.send(fund(1n))
  await expect.poll(() => manager.pending().length).toBe(1)
  relay.interfere = () => ({ status: 500 })
  await expect.poll(() => lines.some(({ message }) => message.includes('cannot be followed'))).toBe(true)
  relay.interfere = () => undefined
  const [pending] = manager.pending()
  await devnet.provider.send('eth_sendRawTransaction', [rawOf(pending?.hash)])
  expect((await sent).transactionHash).toBe(pending?.hash)
})

test('a signer that refuses one holds up no other', async () => {
  const key = identityOf(account.privateKey).transactions
  const signer: TransactionSigner = {
    address: key.address,
    sign: (transaction) =>
      transaction.value === 1n ? Promise.reject(new Error('not that one')) : key.sign(transaction),
  }
  open({ signer })
  await expect(manager.send(fund(1n))).rejects.toThrow('not that one')
  await manager.send(fund(2n))
  expect(await depositOf()).toBe(2n)
})

test('a journal that cannot be written is an error before anything is sent', () => {
  expect(() => managerOf(chain, account, { journal: '/dev/null/journal', clock: systemClock })).toThrow(
    expect.objectContaining({ code: 'LP_TX_JOURNAL' }),
  )
  open()
})

/** Signed bytes that the relay has seen. */
function rawOf(hash: string | undefined): unknown {
  const found = relay.asked.find(({ method }) => method === 'eth_sendRawTransaction')
  if (!hash || !found) throw new Error('Nothing was sent.')
  return relay.asked.filter(({ method }) => method === 'eth_sendRawTransaction').at(-1)?.params[0]
}
