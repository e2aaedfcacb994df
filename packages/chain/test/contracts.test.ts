import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Chain } from '../src/index.ts'
import { connect, managerOf } from './support.ts'

const ETH = 10n ** 18n
const NEVER = 2n ** 256n - 1n
let devnet: Devnet
let chain: Chain

beforeAll(async () => {
  devnet = await startDevnet({ orchestrators: 2 })
  chain = await connect(devnet)
})

afterAll(async () => {
  chain.close()
  await devnet.stop()
})

test('finds all contracts through the Controller', () => {
  const { contracts } = chain
  expect(contracts.ticketBroker.address).toBe(devnet.address('TicketBroker'))
  expect(contracts.bondingManager.address).toBe(devnet.address('BondingManager'))
  expect(contracts.roundsManager.address).toBe(devnet.address('RoundsManager'))
  expect(contracts.serviceRegistry.address).toBe(devnet.address('ServiceRegistry'))
  expect(contracts.token.address).toBe(devnet.address('LivepeerToken'))
  expect(contracts.minter.address).toBe(devnet.address('Minter'))
  expect(contracts.faucet?.address).toBe(devnet.address('LivepeerTokenFaucet'))
})

test('a Controller that is none is refused', async () => {
  await expect(connect(devnet, { controller: devnet.address('TicketBroker') })).rejects.toMatchObject({
    code: 'LP_CHAIN_CONTRACT',
  })
  await expect(connect(devnet, { controller: '0x1234' })).rejects.toMatchObject({ code: 'LP_CHAIN_CONTRACT' })
  await expect(connect(devnet, { controller: devnet.account('spare').address })).rejects.toMatchObject({
    code: 'LP_CHAIN_CONTRACT',
  })
})

test("reads a sender's funds", async () => {
  const { ticketBroker } = chain.contracts
  const { address } = devnet.account('broadcaster')
  expect(await ticketBroker.readSender(address)).toEqual({
    deposit: ETH,
    withdrawRound: 0n,
    reserve: { fundsRemaining: 2n * ETH, claimedInCurrentRound: 0n },
  })
  const orchestrator = devnet.account('orchestrator').address
  expect(await ticketBroker.claimedReserve(address, orchestrator)).toBe(0n)
  // A reserve is divided by the size of the pool.
  expect(await ticketBroker.claimableReserve(address, orchestrator)).toBe(ETH)
  expect(await ticketBroker.ticketValidityPeriod()).toBe(2n)
  expect(await ticketBroker.unlockPeriod()).toBe(2n)
})

test('reads orchestrators and delegators', async () => {
  const { bondingManager, serviceRegistry } = chain.contracts
  const { address } = devnet.account('orchestrator')
  const transcoder = await bondingManager.readTranscoder(address)
  expect(transcoder).toMatchObject({ address, active: true, registered: true, deactivationRound: NEVER })
  const pool = await bondingManager.poolOf()
  expect(pool.map((member) => member.address).toSorted()).toEqual(
    [address, devnet.account('orchestrator', 1).address].toSorted(),
  )
  expect(await bondingManager.poolSize()).toBe(2n)
  expect(await bondingManager.poolMaxSize()).toBe(100n)
  expect(pool.find((member) => member.address === address)?.stake).toBe(transcoder.totalStake)
  const delegator = await bondingManager.readDelegator(address)
  expect(delegator).toMatchObject({ delegate: address, status: 'bonded', delegatedAmount: transcoder.totalStake })
  const spare = await bondingManager.readDelegator(devnet.account('spare').address)
  expect(spare).toMatchObject({ delegate: undefined, status: 'unbonded', bondedAmount: 0n })
  expect(await serviceRegistry.serviceUri(address)).toMatch(/^https:/)
})

test('bytes and text name the same account', async () => {
  const { address } = devnet.account('broadcaster')
  const bytes = new Uint8Array(Buffer.from(address.slice(2), 'hex'))
  const { ticketBroker } = chain.contracts
  expect(await ticketBroker.readSender(bytes)).toEqual(await ticketBroker.readSender(address.toLowerCase()))
})

test('reads the round, and sees that the next one is not initialized', async () => {
  const { roundsManager } = chain.contracts
  const state = await devnet.round()
  const round = await roundsManager.readRound()
  expect(round).toMatchObject({ number: state.round, current: state.round, initialized: true, lengthBlocks: 50n })
  expect(round.blockHash).toHaveLength(32)
  expect(round.blockHash).not.toEqual(new Uint8Array(32))
  expect(round.previousBlockHash).toEqual(await roundsManager.blockHash(round.number - 1n))
  await devnet.mine(Number(round.startBlock + round.lengthBlocks - state.block))
  const next = await roundsManager.readRound()
  expect(next).toMatchObject({ number: state.round, current: state.round + 1n, initialized: false })
  expect(next.startBlock).toBe(round.startBlock + round.lengthBlocks)
  await devnet.mineToRound()
})

test('a contract that says no is quoted', async () => {
  const { ticketBroker } = chain.contracts
  await expect(ticketBroker.read('readNothing')).rejects.toMatchObject({ code: 'LP_CHAIN_CALL' })
  const manager = managerOf(chain, devnet.account('spare'))
  await expect(manager.send({ ...ticketBroker.unlock(), label: 'unlock' })).rejects.toMatchObject({
    code: 'LP_TX_WOULD_REVERT',
    observed: 'sender deposit and reserve are zero',
  })
  await manager.stop()
})

test('stake goes in, comes out, and is taken back', async () => {
  const { bondingManager, token, faucet } = chain.contracts
  const account = devnet.account('spare', 1)
  const to = devnet.account('orchestrator').address
  const manager = managerOf(chain, account)
  const send = (label: string, call: { to: string; data: string }) => manager.send({ ...call, label })
  if (!faucet) throw new Error('The local chain has a faucet.')
  await send('faucet', faucet.request())
  const amount = await token.balanceOf(account.address)
  expect(amount).toBeGreaterThan(0n)
  await send('approve', token.approve(bondingManager.address, amount))
  expect(await token.allowance(account.address, bondingManager.address)).toBe(amount)
  await send('bond', bondingManager.bond(amount, to))
  await devnet.mineToRound()
  await send('unbond', bondingManager.unbond(amount / 2n))
  const [lock] = await bondingManager.unbondingLocks(account.address)
  expect(lock).toMatchObject({ id: 0n, amount: amount / 2n })
  await send('rebond', bondingManager.rebond(0n))
  expect(await bondingManager.unbondingLocks(account.address)).toEqual([])
  expect(await bondingManager.pendingStake(account.address)).toBeGreaterThanOrEqual(amount)
  await manager.stop()
})
