import {
  keySigner,
  MAX_WIN_PROB,
  recipientRandHash,
  type SignedTicket,
  type TicketRound,
  TicketSeries,
  ticketHash,
} from '@livepeer-node/protocol'
import { getBytes, hexlify, id, ZeroHash } from 'ethers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Devnet, type Snapshot, startDevnet } from '../src/index.ts'
import { eventsOf, reasonOf, redemption, ticketStruct, transact } from './support.ts'

const RAND = 0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdefn
const FACE_VALUE = 10n ** 15n

let devnet: Devnet
let start: Snapshot

beforeAll(async () => {
  devnet = await startDevnet({ broadcasters: 2 })
  start = await devnet.snapshot()
})
beforeEach(() => start.revert())
afterAll(() => devnet.stop())

describe('a local chain', () => {
  it('has the contracts where everybody expects them, found from the Controller', async () => {
    expect(devnet.controller).toBe('0x5FbDB2315678afecb367f032d93F642f64180aa3')
    const controller = devnet.contract('Controller')
    const names = [
      'TicketBroker',
      'BondingManager',
      'RoundsManager',
      'ServiceRegistry',
      'Minter',
      'LivepeerToken',
    ] as const
    const found = await Promise.all(names.map((name) => controller.getFunction('getContract')(id(name))))
    expect(found).toEqual(names.map((name) => devnet.address(name)))
    expect(devnet.address('TicketBroker')).toBe('0xa513E6E4b8f2a923D98304ec87F64353C4D5C853')
    expect(await controller.getFunction('getContract')(id('JobsManager'))).toBe(devnet.address('TicketBroker'))
  })

  it('says in JSON what another program needs', () => {
    const { rpc, chainId, controller, accounts } = devnet
    expect(JSON.parse(JSON.stringify(devnet))).toEqual({ rpc, chainId, controller, accounts })
    expect(rpc).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(accounts.map(({ role }) => role)).toEqual([
      'deployer',
      'orchestrator',
      'broadcaster',
      'broadcaster',
      ...Array.from({ length: 6 }, () => 'spare'),
    ])
    expect(devnet.account('broadcaster', 1).address).toBe('0x90F79bf6EB2c4f870365E785982E1f101E93b906')
    expect(() => devnet.account('orchestrator', 1)).toThrow(RangeError)
  })

  it('has an active orchestrator with stake, rates and address', async () => {
    const { address } = devnet.account('orchestrator')
    const manager = devnet.contract('BondingManager')
    expect(await manager.getFunction('isActiveTranscoder')(address)).toBe(true)
    expect(await manager.getFunction('transcoderTotalStake')(address)).toBeGreaterThan(700_000n * 10n ** 18n)
    const registry = devnet.contract('ServiceRegistry')
    expect(await registry.getFunction('getServiceURI')(address)).toBe('https://127.0.0.1:8935')
  })

  it('has broadcasters with deposit and reserve, and tokens for everybody', async () => {
    const broker = devnet.contract('TicketBroker')
    for (const { address, role } of devnet.accounts) {
      const [sender, reserve] = await broker.getFunction('getSenderInfo')(address)
      const funds = role === 'broadcaster' ? [10n ** 18n, 2n * 10n ** 18n] : [0n, 0n]
      expect([sender.deposit, reserve.fundsRemaining]).toEqual(funds)
      const tokens: bigint = await devnet.contract('LivepeerToken').getFunction('balanceOf')(address)
      expect(tokens).toBeGreaterThanOrEqual(100_000n * 10n ** 18n)
    }
  })
})

describe('rounds', () => {
  it('are opened one by one, each with a block hash and a reward', async () => {
    const before = await devnet.round()
    const after = await devnet.mineToRound(before.round + 3n)
    expect(after).toMatchObject({ round: before.round + 3n, initialized: true, length: 50n })
    const manager = devnet.contract('RoundsManager')
    const orchestrator = devnet.account('orchestrator').address
    for (let round = before.round; round <= after.round; round += 1n) {
      expect(await manager.getFunction('blockHashForRound')(round)).not.toBe(ZeroHash)
    }
    const [lastReward] = await devnet.contract('BondingManager').getFunction('getTranscoder')(orchestrator)
    expect(lastReward).toBe(after.round)
  })

  it('can be left unopened', async () => {
    const { length } = await devnet.round()
    await devnet.mine(Number(length))
    expect(await devnet.round()).toMatchObject({ initialized: false })
    expect(await devnet.mineToRound((await devnet.round()).round)).toMatchObject({ initialized: true })
  })

  it('come back with a snapshot, as often as wanted', async () => {
    const before = await devnet.round()
    const snapshot = await devnet.snapshot()
    for (let i = 0; i < 2; i += 1) {
      await devnet.mineToRound()
      expect((await devnet.round()).round).toBe(before.round + 1n)
      await snapshot.revert()
      expect(await devnet.round()).toEqual(before)
    }
  })
})

describe('a reorganisation', () => {
  it.each([1, 5, 20])('of %s blocks undoes what was in them, and only that', async (depth) => {
    const broker = devnet.contract('TicketBroker', devnet.account('spare'))
    const [kept, lost = kept] = await makeTickets(2)
    await transact(broker, 'redeemWinningTicket', redemption(kept, RAND))
    const { blockNumber, hash } = await transact(broker, 'redeemWinningTicket', redemption(lost, RAND))
    await devnet.mine(depth - 1)
    expect(await deposit()).toBe(10n ** 18n - 2n * FACE_VALUE)
    const before = await devnet.provider.getBlock(blockNumber)
    await devnet.reorganize(depth)
    expect(await deposit()).toBe(10n ** 18n - FACE_VALUE)
    expect((await devnet.provider.getBlock(blockNumber))?.hash).not.toBe(before?.hash)
    expect(await devnet.provider.getTransactionReceipt(hash)).toBeNull()
    expect(await devnet.provider.getBlockNumber()).toBe(blockNumber + depth - 1)
    await transact(broker, 'redeemWinningTicket', redemption(lost, RAND))
    expect(await deposit()).toBe(10n ** 18n - 2n * FACE_VALUE)
  })
})

describe('tickets of our own making', () => {
  it('have the contract’s hash', async () => {
    const [{ ticket }] = await makeTickets(1)
    expect(await devnet.contract('TicketBroker').getFunction('getTicketHash')(ticketStruct(ticket))).toBe(
      hexlify(ticketHash(ticket)),
    )
  })

  it('are paid to the wei: face value off the deposit, fees for the orchestrator', async () => {
    const broker = devnet.contract('TicketBroker', devnet.account('spare'))
    const [winner] = await makeTickets(1)
    const receipt = await transact(broker, 'redeemWinningTicket', redemption(winner, RAND))
    const transfer = eventsOf(broker, receipt).find(({ name }) => name === 'WinningTicketTransfer')
    expect(transfer?.args.amount).toBe(FACE_VALUE)
    expect(await deposit()).toBe(10n ** 18n - FACE_VALUE)
    const { round } = await devnet.round()
    const bonding = devnet.contract('BondingManager')
    const fees: bigint = await bonding.getFunction('pendingFees')(devnet.account('orchestrator').address, round)
    expect(FACE_VALUE - fees).toBeLessThan(10n)
    expect(await reasonOf(broker, 'redeemWinningTicket', redemption(winner, RAND))).toBe('ticket is used')
  })

  it('are refused by the contract when they lose, are forged or too old', async () => {
    const broker = devnet.contract('TicketBroker', devnet.account('spare'))
    const [winner] = await makeTickets(1)
    const [loser] = await makeTickets(1, 0n)
    const forged = { ...winner, ticket: { ...winner.ticket, faceValue: FACE_VALUE + 1n } }
    const reason = (signed: SignedTicket, rand = RAND) =>
      reasonOf(broker, 'redeemWinningTicket', redemption(signed, rand))
    expect(await reason(loser)).toBe('ticket did not win')
    expect(await reason(forged)).toBe('invalid signature over ticket hash')
    expect(await reason(winner, RAND + 1n)).toBe('recipientRand does not match recipientRandHash')
    await devnet.mineToRound((await devnet.round()).round + 2n)
    expect(await reason(winner)).toBe('ticket is expired')
  })

  it('are all paid in a batch that has gas enough', async () => {
    const broker = devnet.contract('TicketBroker', devnet.account('spare'))
    const winners = await makeTickets(5)
    const args = winners.map((winner) => redemption(winner, RAND))
    const batch = [
      args.map(([ticket]) => ticket),
      args.map(([, signature]) => signature),
      args.map(([, , rand]) => rand),
    ]
    const receipt = await transact(broker, 'batchRedeemWinningTickets', [
      ...batch,
      { gasLimit: 200_000n + 300_000n * 5n },
    ])
    expect(eventsOf(broker, receipt).filter(({ name }) => name === 'WinningTicketRedeemed').length).toBe(5)
    expect(await deposit()).toBe(10n ** 18n - 5n * FACE_VALUE)
  })

  it('pay nobody in a batch with the gas that is estimated, though it succeeds', async () => {
    const broker = devnet.contract('TicketBroker', devnet.account('spare'))
    const [winner] = await makeTickets(1)
    const [ticket, signature, rand] = redemption(winner, RAND)
    const receipt = await transact(broker, 'batchRedeemWinningTickets', [[ticket], [signature], [rand]])
    expect([receipt.status, receipt.logs.length]).toEqual([1, 0])
    expect(await deposit()).toBe(10n ** 18n)
  })
})

async function deposit(): Promise<bigint> {
  const [sender] = await devnet.contract('TicketBroker').getFunction('getSenderInfo')(
    devnet.account('broadcaster').address,
  )
  return sender.deposit
}

/** Tickets of the running round that win always, unless told otherwise. */
async function makeTickets(count: number, winProb = MAX_WIN_PROB): Promise<[SignedTicket, ...SignedTicket[]]> {
  const { round } = await devnet.round()
  const hash: string = await devnet.contract('RoundsManager').getFunction('blockHashForRound')(round)
  const ticketRound: TicketRound = { creationRound: round, creationRoundBlockHash: getBytes(hash) }
  const terms = {
    recipient: getBytes(devnet.account('orchestrator').address),
    faceValue: FACE_VALUE,
    winProb,
    recipientRandHash: recipientRandHash(RAND),
    seed: 1n,
    expirationBlock: 0n,
  }
  const signer = keySigner(getBytes(devnet.account('broadcaster').privateKey))
  const [first, ...more] = await new TicketSeries({ signer, terms, round: ticketRound }).create(count)
  if (!first) throw new Error('No ticket was made.')
  return [first, ...more]
}
