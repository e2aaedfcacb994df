import { FakeClock } from '@livepeer-node/test-kit'
import { Wallet } from 'ethers'
import { expect, test } from 'vitest'
import { identityOf, type TransactionSigner } from '../src/index.ts'
import type { Reply } from './rpc-relay.ts'
import { setUpSending } from './send-setup.ts'
import { connect, managerOf } from './support.ts'

const GWEI = 10n ** 9n

const setup = setUpSending()

test('one that is not mined is replaced by one that pays more', async () => {
  const s = setup()
  await s.holdBlocks()
  const manager = s.open({ replaceAfterMs: 0, maxReplacements: 2 })
  const hashes: string[] = []
  const sent = manager.send(s.fund(1n), { onProgress: ({ state, hash }) => state === 'sent' && hashes.push(hash) })
  await expect.poll(() => hashes.length).toBe(3)
  await s.devnet.mine(1)
  const { transactionHash } = await sent
  expect(transactionHash).toBe(hashes[2])
  expect(await s.deposit()).toBe(1n)
})

test('the price of a replacement stays within the bound', async () => {
  const s = setup()
  await s.holdBlocks()
  const manager = s.open({ replaceAfterMs: 0, maxReplacements: 50, maxGasPrice: 2n * GWEI })
  const sent = manager.send(s.fund(1n))
  await expect.poll(() => s.lines.find(({ level }) => level === 'warn')?.fields.code).toBe('LP_TX_GAS_PRICE')
  const raw = await s.devnet.provider.getTransaction(manager.pending()[0]?.hash ?? '')
  expect(raw?.maxFeePerGas).toBeLessThanOrEqual(2n * GWEI)
  await s.devnet.mine(1)
  await sent
})

test('one that is given up is cancelled, and what comes after it is mined', async () => {
  const s = setup()
  await s.holdBlocks()
  const manager = s.open({ replaceAfterMs: 0 })
  const states: string[] = []
  const sent = manager.send(s.fund(1n), { giveUpAfterMs: 0, onProgress: ({ state }) => states.push(state) })
  const next = manager.send(s.fund(2n))
  await expect.poll(() => states.includes('cancelling')).toBe(true)
  const outcome = sent.catch((error: unknown) => error)
  await s.devnet.mine(1)
  expect(await outcome).toMatchObject({ code: 'LP_TX_DROPPED' })
  await s.devnet.mine(1)
  await next
  expect(await s.deposit()).toBe(2n)
})

test('one that the chain forgets is handed over again', async () => {
  const s = setup()
  await s.holdBlocks()
  const clock = new FakeClock()
  const manager = s.open({ clock, pollMs: 1000 })
  const sent = manager.send(s.fund(1n))
  await clock.whenWaiting()
  const before = s.relay.count('eth_sendRawTransaction')
  await s.devnet.provider.send('anvil_dropAllTransactions', [])
  for (let passed = 0; passed < 31; passed++) {
    await clock.advance(1000)
    await clock.whenWaiting()
  }
  expect(s.relay.count('eth_sendRawTransaction')).toBe(before + 1)
  await s.devnet.mine(1)
  await clock.advance(1000)
  await sent
  expect(await s.deposit()).toBe(1n)
})

test('another program that takes the nonce is found out', async () => {
  const s = setup()
  await s.holdBlocks()
  const manager = s.open()
  const sent = manager.send(s.fund(1n)).catch((error: unknown) => error)
  await expect.poll(() => manager.pending().length).toBe(1)
  const wallet = new Wallet(s.account.privateKey, s.devnet.provider)
  const fees = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: 50n * GWEI, gasLimit: 21_000n }
  await wallet.sendTransaction({ to: s.account.address, nonce: 0, type: 2, ...fees })
  await s.devnet.mine(1)
  expect(await sent).toMatchObject({ code: 'LP_TX_REPLACED' })
  expect(await s.deposit()).toBe(0n)
})

test('it is done only so many blocks deep, and a reorganization starts it over', async () => {
  const s = setup()
  const manager = s.open()
  const seen: number[] = []
  const sent = manager.send(s.fund(1n), { confirmations: 3, onProgress: (it) => seen.push(it.confirmations) })
  await expect.poll(() => seen.includes(1)).toBe(true)
  await s.devnet.mine(1)
  await expect.poll(() => seen.includes(2)).toBe(true)
  await s.devnet.reorganize(2)
  // The chain has forgotten it: it comes into a new block only if it is sent again.
  await expect.poll(() => seen.filter((it) => it === 1).length).toBe(2)
  expect(manager.pending()).toHaveLength(1)
  await s.devnet.mine(2)
  await sent
  expect(await s.deposit()).toBe(1n)
})

test.each<[string, Reply]>([
  ['silence', 'silence'],
  ['a reset', 'reset'],
  // Said by a server behind the endpoint that is not the one that took it.
  ['a refusal', { error: { code: -32_000, message: 'no such luck' } }],
])('taken by the chain, but answered with %s, it is not sent twice', async (_, loss) => {
  const s = setup()
  const quick = await connect(s.devnet, { rpc: [s.relay.url, s.devnet.rpc], timeoutMs: 3000 })
  const manager = managerOf(quick, s.account)
  s.relay.after = ({ method }) => (method === 'eth_sendRawTransaction' ? loss : undefined)
  await manager.send(s.fund(1n))
  expect(await s.deposit()).toBe(1n)
  expect(await s.sent()).toBe(1)
  await manager.stop()
  quick.close()
})

test('while the chain is silent it stays open, and goes on when the chain is back', async () => {
  const s = setup()
  const manager = s.open()
  s.relay.interfere = ({ method }) => (method === 'eth_sendRawTransaction' ? { status: 500 } : undefined)
  const before = s.relay.asked.length
  const sent = [manager.send(s.fund(1n)), manager.send(s.fund(2n))]
  await expect.poll(() => manager.pending().length).toBe(2)
  const raws = s.relay.asked
    .slice(before)
    .filter(({ method }) => method === 'eth_sendRawTransaction')
    .map(({ params }) => params)
  s.relay.interfere = () => ({ status: 500 })
  await expect.poll(() => s.lines.some(({ message }) => message.includes('cannot be followed'))).toBe(true)
  s.relay.interfere = () => undefined
  // As a node does that had taken them without being able to say so.
  for (const raw of raws) await s.devnet.provider.send('eth_sendRawTransaction', [...raw])
  await Promise.all(sent)
  expect(await s.deposit()).toBe(3n)
})

test('a signer that refuses one holds up no other', async () => {
  const s = setup()
  const key = identityOf(s.account.privateKey).transactions
  const signer: TransactionSigner = {
    address: key.address,
    sign: (transaction) =>
      transaction.value === 1n ? Promise.reject(new Error('not that one')) : key.sign(transaction),
  }
  const manager = s.open({ signer })
  await expect(manager.send(s.fund(1n))).rejects.toThrow('not that one')
  await manager.send(s.fund(2n))
  expect(await s.deposit()).toBe(2n)
})
