import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Chain } from '../src/index.ts'
import { halves, logRanges } from '../src/logs.ts'
import { RpcRelay } from './rpc-relay.ts'
import { connect } from './support.ts'

let devnet: Devnet
let relay: RpcRelay
let chain: Chain

beforeAll(async () => {
  devnet = await startDevnet()
  relay = await RpcRelay.to(devnet.rpc)
  chain = await connect(devnet, { rpc: [relay.url] })
})

afterAll(async () => {
  chain.close()
  await relay[Symbol.asyncDispose]()
  await devnet.stop()
})

// The known answers of payments.md G11.
test.each([
  [10n, 10n, [[10n, 10n]]],
  [
    10n,
    16n,
    [
      [10n, 15n],
      [16n, 16n],
    ],
  ],
  [
    10n,
    22n,
    [
      [10n, 15n],
      [16n, 21n],
      [22n, 22n],
    ],
  ],
  [
    10n,
    24n,
    [
      [10n, 15n],
      [16n, 21n],
      [22n, 24n],
    ],
  ],
])('%d to %d in ranges of 6', (from, to, expected) => {
  expect(logRanges(from, to, 6n)).toEqual(expected)
})

test('a range that is too large is halved', () => {
  expect(halves(10n, 20n)).toEqual([
    [10n, 15n],
    [16n, 20n],
  ])
})

test.each([
  { code: -32_005, message: 'query returned more than 10000 results' },
  { code: -32_602, message: 'query exceeds max block range 10' },
  { code: -32_000, message: 'Log response size exceeded' },
])('an endpoint that takes only short ranges ($message) is asked for them', async (error) => {
  const { roundsManager } = chain.contracts
  const toBlock = BigInt(await devnet.provider.getBlockNumber())
  const query = { address: roundsManager.address, topics: [roundsManager.topic('NewRound')], fromBlock: 0n, toBlock }
  const all = await chain.logs(query)
  expect(all.length).toBeGreaterThan(1)
  relay.interfere = ({ method, params }) => {
    const [asked] = params as { fromBlock: string; toBlock: string }[]
    const isLong = method === 'eth_getLogs' && asked && Number(asked.toBlock) - Number(asked.fromBlock) > 10
    return isLong ? { error } : undefined
  }
  expect(await chain.logs(query)).toEqual(all)
  expect(chain.provider.endpoints[0]?.healthy).toBe(true)
})
