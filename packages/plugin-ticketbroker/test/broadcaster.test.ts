import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from '@bufbuild/protobuf'
import { importKey, PriceFeedContract } from '@livepeer-node/chain'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import {
  AuthTokenSchema,
  encodeMessage,
  OrchestratorInfoSchema,
  PriceInfoSchema,
  TicketParamsSchema,
} from '@livepeer-node/protocol'
import { aLadder, createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import ticketbroker from '../src/index.ts'
import { constantContract } from './support/feed-code.ts'

const PASSWORD = 'for tests'
const WITHIN = { timeout: 15_000, interval: 20 }

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

function start(more: { maxPricePerUnit?: string; priceFeedAddr?: string } = {}): Promise<TestNode> {
  const { rpc, controller, chainId } = devnet
  const chain = { ethUrl: rpc, ethController: controller, chainId, network: 'devnet', blockPollingInterval: 0.02 }
  const account = { ethKeystorePath: folder, ethPassword: PASSWORD }
  return createTestNode(ticketbroker({ role: 'broadcaster', ...chain, ...account, ...more }))
}
const job = { streamId: 's', ladder: aLadder(), capabilities: 0n }

it('finds the orchestrators of the pool, with their stake', async () => {
  await using node = await start()
  const found = await vi.waitFor(async () => {
    const candidates = await node.run.session.discover(job)
    expect(candidates).toHaveLength(2)
    return candidates
  }, WITHIN)
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
  const depositWei = `${10n ** 18n + 5n}`
  await vi.waitFor(async () => expect(await payer()).toMatchObject({ depositWei }), WITHIN)
  const metrics = await node.run.lifecycle.metrics()
  expect(metrics.find(({ name }) => name === 'livepeer_gateway_reserve')?.value).toBe(2e9)
})

/** Puts a feed on the chain that always says this. */
async function deployFeed(dollars: bigint): Promise<string> {
  const priceFeedAddr = `0x${'fe'.repeat(20)}`
  const { abi } = new PriceFeedContract({ provider: devnet.provider, address: priceFeedAddr })
  const answer = (method: string, values: unknown[]) => {
    return { selector: abi.getFunction(method)?.selector ?? '', data: abi.encodeFunctionResult(method, values) }
  }
  const code = constantContract([
    answer('description', ['ETH / USD']),
    answer('decimals', [8]),
    answer('latestRoundData', [1, dollars * 10n ** 8n, 0, 1_700_000_000, 1]),
  ])
  await devnet.provider.send('anvil_setCode', [priceFeedAddr, code])
  return priceFeedAddr
}

it('pays no more than a price in dollars, at the rate of the feed', async () => {
  const priceFeedAddr = await deployFeed(2000n)
  // 10^-9 dollars a pixel: 500,000 wei.
  await using node = await start({ maxPricePerUnit: '0.000000001USD', priceFeedAddr })
  const open = (pricePerUnit: bigint) => {
    const info = create(OrchestratorInfoSchema, {
      authToken: create(AuthTokenSchema, { sessionId: 'one' }),
      ticketParams: create(TicketParamsSchema, {
        recipient: new Uint8Array(20),
        recipientRandHash: new Uint8Array(32),
      }),
      priceInfo: create(PriceInfoSchema, { pricePerUnit, pixelsPerUnit: 1n }),
    })
    return () => {
      const request = { streamId: 's', orchestrator: 'x', info: encodeMessage(OrchestratorInfoSchema, info) }
      return node.run.payment.payer(request)
    }
  }
  expect(open(500_001n)).toThrow(expect.objectContaining({ code: 'LP_PRICE_MAX', limit: '500000' }))
  expect(open(500_000n)).toThrow(expect.objectContaining({ code: 'LP_TERMS_INVALID' }))
})

it('does not start where the feed of a price in dollars is none', async () => {
  const started = start({ maxPricePerUnit: '1USD', priceFeedAddr: devnet.controller })
  await expect(started).rejects.toMatchObject({ code: 'LP_CHAIN_CALL' })
})
