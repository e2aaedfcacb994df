import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Devnet, type DevnetAccount, type Snapshot, startDevnet } from '@livepeer-node/devnet'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Chain } from '../src/index.ts'
import { type Interference, RpcRelay } from './rpc-relay.ts'
import { connect, managerOf } from './support.ts'

// Each process of its own takes seconds to begin where the machine is busy.
vi.setConfig({ testTimeout: 120_000 })

let devnet: Devnet
let snapshot: Snapshot
let chain: Chain
let relay: RpcRelay
let folder: string
let account: DevnetAccount
let child: ChildProcess | undefined

beforeAll(async () => {
  devnet = await startDevnet()
  snapshot = await devnet.snapshot()
  chain = await connect(devnet)
  account = devnet.account('spare')
})

afterAll(async () => {
  chain.close()
  await devnet.stop()
})

beforeEach(async () => {
  await snapshot.revert()
  relay = await RpcRelay.to(devnet.rpc)
  folder = await mkdtemp(join(tmpdir(), 'lp-transactions-'))
})

afterEach(async () => {
  child?.kill('SIGKILL')
  child = undefined
  await relay[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Starts the sending process. */
function startSender(): ChildProcess {
  const program = new URL('sender-process.ts', import.meta.url).pathname
  const env = {
    RPC: relay.url,
    CONTROLLER: devnet.controller,
    KEY: account.privateKey,
    JOURNAL: join(folder, 'journal'),
  }
  return spawn(process.execPath, ['--conditions=livepeer-src', program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Kills the sender at the first request of this method, and gives it no answer. */
function killAt(method: string): { readonly interfere: Interference; readonly killed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const interfere: Interference = async (asked) => {
    if (asked.method !== method || !child || child.killed) return undefined
    child.kill('SIGKILL')
    await once(child, 'exit')
    resolve()
    return 'reset'
  }
  return { interfere, killed: promise }
}

async function depositOf(): Promise<bigint> {
  return (await chain.contracts.ticketBroker.readSender(account.address)).deposit
}

/** What the next process does: takes up the journal, and wants the same thing. */
async function sendAgain(): Promise<string> {
  const manager = managerOf(chain, account, { journal: join(folder, 'journal') })
  manager.start()
  const request = { ...chain.contracts.ticketBroker.fund(5n, 0n), label: 'deposit' }
  const { transactionHash } = await manager.send(request, { key: 'deposit once' })
  expect(manager.pending()).toEqual([])
  await manager.stop()
  return transactionHash
}

test.each<['interfere' | 'after', string, string]>([
  ['interfere', 'eth_estimateGas', 'before it is signed'],
  ['interfere', 'eth_sendRawTransaction', 'before the chain has it'],
  ['after', 'eth_sendRawTransaction', 'once the chain has it'],
  ['interfere', 'eth_getTransactionReceipt', 'when it is mined'],
  ['after', 'eth_getTransactionReceipt', 'before it knows that it is mined'],
])('killed at %s %s (%s), the next process does it, and once', async (when, method) => {
  const { interfere, killed } = killAt(method)
  relay[when] = interfere
  child = startSender()
  await killed
  await sendAgain()
  expect(await depositOf()).toBe(5n)
  expect(await devnet.provider.getTransactionCount(account.address)).toBe(1)
})

test('killed before its caller knew that it was done, it is not done again', async () => {
  child = startSender()
  if (child.stdout) await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const hash = await sendAgain()
  expect(await sendAgain()).toBe(hash)
  expect(await depositOf()).toBe(5n)
})

test('done, and taken back by the chain, it is done again as it was', async () => {
  const hash = await sendAgain()
  await devnet.reorganize(1)
  expect(await depositOf()).toBe(0n)
  expect(await sendAgain()).toBe(hash)
  expect(await depositOf()).toBe(5n)
})

test('what an earlier process left is followed without anybody asking', async () => {
  await devnet.provider.send('evm_setAutomine', [false])
  try {
    const first = managerOf(chain, account, { journal: join(folder, 'journal') })
    const lost = first.send({ ...chain.contracts.ticketBroker.fund(5n, 0n), label: 'deposit' })
    await expect.poll(() => first.pending().length).toBe(1)
    await first.stop()
    await expect(lost).rejects.toMatchObject({ code: 'LP_TX_STOPPED' })
    const second = managerOf(chain, account, { journal: join(folder, 'journal') })
    second.start()
    expect(second.pending()).toMatchObject([{ label: 'deposit', nonce: 0 }])
    await devnet.mine(1)
    await expect.poll(() => second.pending().length).toBe(0)
    expect(await depositOf()).toBe(5n)
    await second.stop()
  } finally {
    await devnet.provider.send('evm_setAutomine', [true])
  }
})
