import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importKey } from '@livepeer-node/chain'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { aLadder, createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import ticketbroker from '../src/index.ts'

const PASSWORD = 'for tests'

let devnet: Devnet
let folder: string
let snapshot: Awaited<ReturnType<Devnet['snapshot']>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livepeer-payer-'))
  devnet = await startDevnet({ orchestrators: 2 })
  const { privateKey } = devnet.account('broadcaster')
  await importKey({ dir: folder, password: PASSWORD, scryptN: 2 }, { text: privateKey })
  const registered = [0, 1].map(async (index) => {
    const registry = devnet.contract('ServiceRegistry', devnet.account('orchestrator', index))
    await (await registry.getFunction('setServiceURI')(`https://127.0.0.1:${9000 + index}`)).wait()
  })
  await Promise.all(registered)
  snapshot = await devnet.snapshot()
})
afterAll(async () => {
  await devnet.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => snapshot.revert())

function start(): Promise<TestNode> {
  const { rpc, controller, chainId } = devnet
  const chain = { ethUrl: rpc, ethController: controller, chainId, network: 'devnet', blockPollingInterval: 0.02 }
  const account = { ethKeystorePath: folder, ethPassword: PASSWORD }
  return createTestNode(ticketbroker({ role: 'broadcaster', ...chain, ...account }))
}
const job = { streamId: 's', ladder: aLadder(), capabilities: 0n }

it('finds the orchestrators of the pool, with their stake', async () => {
  await using node = await start()
  const found = await vi.waitFor(async () => {
    const candidates = await node.run.session.discover(job)
    expect(candidates).toHaveLength(2)
    return candidates
  })
  expect(found.map(({ uri }) => uri).toSorted()).toEqual(['https://127.0.0.1:9000', 'https://127.0.0.1:9001'])
  expect(found.every(({ stake = 0n, trusted, origin }) => stake > 0n && !trusted && origin === 'chain')).toBe(true)
})

it('is who its key is', async () => {
  await using node = await start()
  const { address } = node.run.payment.identity() ?? {}
  expect(`0x${Buffer.from(address ?? []).toString('hex')}`).toBe(devnet.account('broadcaster').address.toLowerCase())
})

it('shows its own funds, and follows them', async () => {
  await using node = await start()
  const payer = async () => (await node.run.lifecycle.status()).find(({ name }) => name === 'payer')?.data
  expect(await payer()).toMatchObject({ depositWei: `${10n ** 18n}`, reserveWei: `${2n * 10n ** 18n}`, ticketsSent: 0 })
  const broker = devnet.contract('TicketBroker', devnet.account('broadcaster'))
  await (await broker.getFunction('fundDeposit')({ value: 5n })).wait()
  await vi.waitFor(async () => expect(await payer()).toMatchObject({ depositWei: `${10n ** 18n + 5n}` }))
  const metrics = await node.run.lifecycle.metrics()
  expect(metrics.find(({ name }) => name === 'livepeer_gateway_reserve')?.value).toBe(2e9)
})
