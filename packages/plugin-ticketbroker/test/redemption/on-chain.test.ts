import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { DEPTH, makeWinners, Redeemer, redemptionBlock, transfers } from './real-chain.ts'

const FACE_VALUE = 10n ** 16n

let devnet: Devnet
let folder: string

const start = () => Redeemer.start(devnet, { folder })

/** Block before the test. */
let before: number

beforeAll(async () => {
  devnet = await startDevnet({ roundLength: 100 })
})
afterAll(() => devnet.stop())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livepeer-redemption-'))
  await devnet.mineToRound()
  // No reorganisation shall take the opening of the round.
  await devnet.mine(25)
  before = Number((await devnet.round()).block)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const paid = () => transfers(devnet, before + 1)

/** Mines and looks until all winners are settled. */
async function settleAll(redeemer: Redeemer): Promise<void> {
  await vi.waitFor(
    async () => {
      await redeemer.look()
      await devnet.mine(1)
      expect(redeemer.store.unsettled()).toHaveLength(0)
    },
    { timeout: 10_000, interval: 20 },
  )
}

async function deposit(): Promise<bigint> {
  const broker = devnet.contract('TicketBroker')
  const [sender] = await broker.getFunction('getSenderInfo')(devnet.account('broadcaster').address)
  return BigInt(sender.deposit)
}

it.each([1, 3])('redeems %d tickets for exactly their face values', async (count) => {
  await using redeemer = await start()
  const deposited = await deposit()
  for (const winner of await makeWinners(devnet, { count, faceValue: FACE_VALUE })) redeemer.store.add(winner, 0n)
  await settleAll(redeemer)
  expect(await paid()).toEqual(Array.from({ length: count }, () => FACE_VALUE))
  expect(deposited - (await deposit())).toBe(BigInt(count) * FACE_VALUE)
  expect(redeemer.reports.map(({ event, amount }) => [event, amount])).toEqual(
    Array.from({ length: count }, () => ['ticket-redeemed', FACE_VALUE]),
  )
  const settled = redeemer.store.list(10).map(({ settlement }) => settlement)
  expect(new Set(settled.map((end) => end && 'redeemed' in end && end.redeemed.transaction)).size).toBe(1)
})

it.each([1, 5, 20])('loses nothing to a reorganisation of %d blocks', async (deep) => {
  await using redeemer = await start()
  for (const winner of await makeWinners(devnet, { count: 2, faceValue: FACE_VALUE })) redeemer.store.add(winner, 0n)
  await redeemer.look()
  await vi.waitFor(async () => expect(await paid()).toHaveLength(2))
  await devnet.mine(deep - 1)
  await redeemer.look()
  const isDeep = BigInt(deep) > DEPTH
  if (isDeep) await settleAll(redeemer)

  // What was mined since is replaced too.
  const mined = await redemptionBlock(devnet)
  const { block } = await devnet.round()
  const replaced = await devnet.provider.getBlock(mined)
  await devnet.reorganize(Math.max(deep, Number(block) - mined + 1))
  expect((await devnet.provider.getBlock(mined))?.hash).not.toBe(replaced?.hash)

  await devnet.mine(1)
  await redeemer.look()
  expect(redeemer.store.unsettled()).toHaveLength(2)
  await settleAll(redeemer)
  expect(await paid()).toEqual([FACE_VALUE, FACE_VALUE])
  const messages = redeemer.lines.map(({ message }) => message)
  expect(messages.filter((text) => text.startsWith('a redemption is gone from the chain'))).toHaveLength(isDeep ? 2 : 0)
})

it('goes on after a restart, and finds what was redeemed meanwhile', async () => {
  const winners = await makeWinners(devnet, { count: 2, faceValue: FACE_VALUE })
  {
    await using redeemer = await start()
    for (const winner of winners) redeemer.store.add(winner, 0n)
    await redeemer.look()
    await vi.waitFor(async () => expect(await paid()).toHaveLength(2))
  }
  await devnet.mine(5)
  await using redeemer = await start()
  await settleAll(redeemer)
  expect(await paid()).toEqual([FACE_VALUE, FACE_VALUE])
})
