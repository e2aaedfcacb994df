import { type Chain, identityOf, openChain, TransactionManager } from '@livepeer-node/chain'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { systemClock } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceChain } from '../../src/services/chain.ts'
import { ProtocolServices } from '../../src/services/protocol-chain.ts'
import { RegistrationCheck } from '../../src/services/registration-check.ts'
import { RewardCaller } from '../../src/services/reward-caller.ts'
import { RoundInitializer } from '../../src/services/round-initializer.ts'
import { ServiceRunner } from '../../src/services/runner.ts'
import { UnlockWatch } from '../../src/services/unlock-watch.ts'

describe('what is due with each round, on the real contracts', () => {
  let devnet: Devnet
  let chain: Chain
  let transactions: TransactionManager
  let port: ProtocolServices
  let lines: LogLine[]
  let orchestrator: string

  beforeAll(async () => {
    devnet = await startDevnet({ roundLength: 50 })
    const { address, privateKey } = devnet.account('orchestrator')
    orchestrator = address
    const parts = { clock: systemClock, log: recordedLog([]) }
    chain = await openChain({ rpc: [devnet.rpc], controller: devnet.controller, ...parts })
    const signer = identityOf(privateKey).transactions
    transactions = new TransactionManager({ chain, signer, journal: ':memory:', pollMs: 5, ...parts })
    port = new ProtocolServices(chain, transactions)
  })
  afterAll(async () => {
    await transactions.stop()
    chain.close()
    await devnet.stop()
  })
  beforeEach(() => {
    lines = []
  })

  /** Nobody has opened the round that runs then. */
  async function passIntoNextRound(): Promise<void> {
    const { startBlock, length, block } = await devnet.round()
    await devnet.mine(Number(startBlock + length - block))
  }

  async function openRound(): Promise<void> {
    await port.initializeRound((await port.round()).number)
  }

  it('opens a round that nobody has opened, after a delay by chance', async () => {
    const clock = new FakeClock()
    const { signal } = new AbortController()
    const log = recordedLog(lines)
    const service = new RoundInitializer({ chain: port, clock, log, signal, maxDelayMs: 1000, random: () => 0.5 })
    await service.look()
    expect(lines).toEqual([])
    await passIntoNextRound()
    const looking = service.look()
    await clock.whenWaiting()
    expect((await devnet.round()).initialized).toBe(false)
    await clock.advance(500)
    await looking
    expect((await devnet.round()).initialized).toBe(true)
    expect(lines).toMatchObject([{ message: 'a round is initialized' }])
  })

  it('calls reward once in each round', async () => {
    await devnet.mineToRound()
    await passIntoNextRound()
    await openRound()
    const service = new RewardCaller({ chain: port, address: orchestrator, log: recordedLog(lines) })
    for (let looks = 0; looks < 3; looks++) await service.look()
    const { round } = await devnet.round()
    expect((await port.orchestrator(orchestrator)).lastRewardRound).toBe(round)
    expect(lines).toMatchObject([{ message: 'reward is called', fields: { round: `${round}` } }])
  })

  it('joins the reward that an earlier process has sent, in place of a second one', async () => {
    await devnet.mineToRound()
    await passIntoNextRound()
    await openRound()
    const { number } = await port.round()
    const before = await devnet.provider.getTransactionCount(orchestrator)
    await devnet.provider.send('evm_setAutomine', [false])
    const rewards = [port.reward(number), port.reward(number)]
    await expect.poll(() => transactions.pending().length).toBe(1)
    await devnet.provider.send('evm_setAutomine', [true])
    await devnet.mine(1)
    await Promise.all(rewards)
    expect(await devnet.provider.getTransactionCount(orchestrator)).toBe(before + 1)
  })

  it('tries again with the next block what failed, and holds up no other service', async () => {
    let failures = 2
    const failing: ServiceChain = {
      round: () => port.round(),
      initializeRound: (round) => port.initializeRound(round),
      reward: (round) => port.reward(round),
      deposit: (address) => port.deposit(address),
      orchestrator: (address) => {
        failures -= 1
        return failures < 0 ? port.orchestrator(address) : Promise.reject(new Error('down'))
      },
    }
    await devnet.mineToRound()
    await passIntoNextRound()
    await openRound()
    const log = recordedLog(lines)
    const runner = new ServiceRunner([new RewardCaller({ chain: failing, address: orchestrator, log })], log)
    for (let blocks = 0; blocks < 3; blocks++) await runner.look()
    expect(lines).toMatchObject([
      { level: 'warn', message: expect.stringMatching(/^reward could not be called.*down/) },
      { level: 'warn' },
      { level: 'info', message: 'reward is called' },
    ])
    runner.stop()
    await runner.look()
    expect(lines).toHaveLength(3)
  })

  it('says once in a round that the chain names another service URI, or that the orchestrator is not active', async () => {
    const log = recordedLog(lines)
    const check = (address: string, serviceUri: string | undefined) =>
      new RegistrationCheck({ chain: port, address, serviceUri, log })
    const { serviceUri } = await port.orchestrator(orchestrator)
    await check(orchestrator, serviceUri).look()
    await check(orchestrator, undefined).look()
    expect(lines).toEqual([])
    const other = check(orchestrator, 'https://example.org:8935')
    await other.look()
    await other.look()
    expect(lines).toMatchObject([{ fields: { observed: serviceUri, limit: 'https://example.org:8935' } }])
    await check(devnet.account('spare').address, undefined).look()
    expect(lines.at(-1)?.message).toContain('not active')
  })

  it('warns a broadcaster whose deposit is being unlocked', async () => {
    const broadcaster = devnet.account('broadcaster')
    const watch = () => new UnlockWatch({ chain: port, address: broadcaster.address, log: recordedLog(lines) })
    await watch().look()
    expect(lines).toEqual([])
    const sent = await devnet.contract('TicketBroker', broadcaster).getFunction('unlock')()
    await sent.wait()
    await watch().look()
    expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('are being unlocked') }])
    await devnet.mineToRound()
    await watch().look()
    expect(lines.at(-1)?.message).toContain('take no tickets')
  })
})
