import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import type { WinningTicket } from '@livepeer-node/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DeathPoint, MortalRelay } from './mortal-relay.ts'
import { makeWinners, Redeemer, transfers } from './real-chain.ts'

const FACE_VALUE = 10n ** 15n
const PATIENCE = { timeout: 20_000, interval: 10 }

describe('a process that dies while it redeems', () => {
  let devnet: Devnet
  let folder: string
  let winners: readonly WinningTicket[]
  let firstBlock: number
  /** All stay open: what is dead shall wait, and not be told that its chain is gone. */
  const relays: MortalRelay[] = []

  beforeAll(async () => {
    devnet = await startDevnet({ roundLength: 100, keeper: true })
  })
  afterAll(async () => {
    for (const relay of relays) await relay[Symbol.asyncDispose]()
    await devnet.stop()
  })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'livepeer-death-'))
    winners = await makeWinners(devnet, { count: 2, faceValue: FACE_VALUE })
    firstBlock = Number((await devnet.round()).block) + 1
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function open(): Promise<MortalRelay> {
    const relay = await MortalRelay.start(devnet.rpc)
    relays.push(relay)
    return relay
  }

  /** Mines and looks until all is settled, or the process is dead. */
  async function live(redeemer: Redeemer): Promise<void> {
    const isOver = () => redeemer.isDead || redeemer.store.unsettled().length === 0
    await vi.waitFor(async () => {
      await Promise.race([redeemer.look(), redeemer.died])
      await devnet.mine(1)
      expect(isOver()).toBe(true)
    }, PATIENCE)
  }

  /** The process after the one that died finds everything, and each ticket was paid once. */
  async function expectAllPaidOnce(): Promise<void> {
    await using redeemer = await Redeemer.start(devnet, { folder })
    // Whoever sent a ticket and got no answer sends nothing again; it is the store that must know it.
    expect(redeemer.store.list(10)).toHaveLength(winners.length)
    await live(redeemer)
    expect(await transfers(devnet, firstBlock)).toEqual(winners.map(() => FACE_VALUE))
    expect(redeemer.store.list(10).map(({ settlement }) => settlement)).toMatchObject(
      winners.map(() => ({ redeemed: { amount: FACE_VALUE } })),
    )
  }

  async function run(point: DeathPoint | undefined): Promise<ReadonlySet<string>> {
    const relay = await open()
    const redeemer = await Redeemer.start(devnet, { folder, relay })
    relay.arm(point)
    for (const winner of winners) redeemer.store.add(winner, 0n)
    await live(redeemer)
    // What every look at the chain reads of rounds and pools is one kind of step.
    const ofRounds = new RegExp(`${devnet.address('RoundsManager')}|${devnet.address('BondingManager')}`, 'i')
    const seen = new Set([...relay.seen].filter((kind) => !ofRounds.test(kind)))
    if (point) redeemer.abandon()
    else await redeemer[Symbol.asyncDispose]()
    return seen
  }

  it('loses nothing and does nothing twice, whichever request was its last', async () => {
    const requests = await run(undefined)
    await expectAllPaidOnce()
    expect(requests).toContain('eth_sendRawTransaction')
    expect(requests).toContain('eth_getTransactionReceipt')
    for (const request of requests) {
      for (const when of ['before', 'after'] as const) {
        await renew()
        await run({ request, when })
        await expectAllPaidOnce().catch((cause: unknown) => {
          throw new Error(`died ${when} ${request}`, { cause })
        })
      }
    }
  }, 170_000)

  it.each(['before', 'after'] as const)(
    'loses nothing and does nothing twice when it dies %s a settlement is on disk',
    async (when) => {
      const relay = await open()
      const redeemer = await Redeemer.start(devnet, {
        folder,
        relay,
        onSettle: (settle) => {
          if (when === 'after') settle()
          relay.kill()
          throw new Error('dead')
        },
      })
      for (const winner of winners) redeemer.store.add(winner, 0n)
      await live(redeemer)
      expect(redeemer.isDead).toBe(true)
      redeemer.abandon()
      await expectAllPaidOnce()
    },
  )

  /** Another folder, and other tickets. */
  async function renew(): Promise<void> {
    rmSync(folder, { recursive: true, force: true })
    folder = mkdtempSync(join(tmpdir(), 'livepeer-death-'))
    winners = await makeWinners(devnet, { count: 2, faceValue: FACE_VALUE })
    firstBlock = Number((await devnet.round()).block) + 1
  }
})
