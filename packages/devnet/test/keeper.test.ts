import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Devnet, startDevnet } from '../src/index.ts'

let devnet: Devnet

afterEach(() => devnet.stop())

describe('the keeper', () => {
  it('opens each round and lets the orchestrator take its reward', async () => {
    devnet = await startDevnet({ keeper: true })
    const { round, length } = await devnet.round()
    expect(length).toBe(60n)
    await devnet.mine(Number(length))
    await vi.waitFor(async () => expect(await lastReward()).toBe(round + 1n), { timeout: 10_000, interval: 20 })
    expect(await devnet.round()).toMatchObject({ round: round + 1n, initialized: true })
    expect(devnet.keeperProblem).toBeUndefined()
  })

  it('says what keeps it from doing so, and goes on', async () => {
    devnet = await startDevnet({ keeper: true, orchestrators: 0 })
    const { round, length } = await devnet.round()
    const controller = devnet.contract('Controller', devnet.account('deployer'))
    await (await controller.getFunction('pause')()).wait()
    await devnet.mine(Number(length))
    await vi.waitFor(() => expect(devnet.keeperProblem).toMatchObject({ code: 'LP_DEVNET_TRANSACTION' }), {
      timeout: 10_000,
      interval: 20,
    })
    expect(devnet.keeperProblem).toMatchObject({ message: expect.stringContaining('system is paused') })
    await (await controller.getFunction('unpause')()).wait()
    await vi.waitFor(async () => expect((await devnet.round()).initialized).toBe(true), {
      timeout: 10_000,
      interval: 20,
    })
    expect((await devnet.round()).round).toBe(round + 1n)
  })

  it('and blocks that come by themselves are there with a block time', async () => {
    devnet = await startDevnet({ blockTime: 1, orchestrators: 0, broadcasters: 0 })
    const { block } = await devnet.round()
    await vi.waitFor(async () => expect((await devnet.round()).block).toBeGreaterThan(block), {
      timeout: 10_000,
      interval: 50,
    })
  })
})

async function lastReward(): Promise<unknown> {
  const [last] = await devnet.contract('BondingManager').getFunction('getTranscoder')(
    devnet.account('orchestrator').address,
  )
  return last
}
