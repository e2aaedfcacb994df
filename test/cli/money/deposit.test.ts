import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { identityOf, openChain, TransactionManager } from '@livepeer-node/chain'
import type { DevnetAccount, Snapshot } from '@livepeer-node/devnet'
import { systemClock } from '@livepeer-node/sdk'
import { recordedLog } from '@livepeer-node/test-kit'
import { ChainProject } from './chain-project.ts'

const ETHER = 10n ** 18n
let project: ChainProject
let start: Snapshot
let who: DevnetAccount
beforeAll(async () => {
  project = await ChainProject.open()
  who = project.chain.account('broadcaster')
  start = await project.chain.snapshot()
})
beforeEach(() => start.revert())
afterAll(() => project[Symbol.asyncDispose]())

it('is funded, and says what was sent', async () => {
  const { exitCode, answer } = await project.run(
    'deposit fund',
    who,
    '--deposit',
    '0.5ETH',
    '--reserve',
    '20gwei',
    '-y',
  )
  expect(exitCode).toBe(0)
  expect(answer).toMatchObject({
    account: who.address,
    state: 'locked',
    deposit: `${(ETHER * 3n) / 2n}`,
    reserve: `${2n * ETHER + 20n * 10n ** 9n}`,
    transactions: [{ label: 'fund deposit and reserve', hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) }],
  })
})

it('is unlocked, locked again, and withdrawn when its rounds are over', async () => {
  expect((await project.run('deposit unlock', who, '--yes')).answer).toMatchObject({ state: 'unlocking' })
  expect((await project.run('deposit unlock', who, '--yes')).answer).toMatchObject({
    errors: [{ code: 'LP_CHAIN_STATE' }],
  })
  expect((await project.run('deposit cancel-unlock', who, '--yes')).answer).toMatchObject({ state: 'locked' })
  expect((await project.run('deposit unlock', who, '--yes')).answer).toMatchObject({ state: 'unlocking' })
  const early = await project.run('deposit withdraw', who, '--yes')
  expect([early.exitCode, early.answer]).toMatchObject([3, { errors: [{ code: 'LP_CHAIN_STATE' }] }])
  await project.chain.mineToRound()
  await project.chain.mineToRound()
  expect((await project.run('deposit status', who)).answer).toMatchObject({ state: 'unlocked' })
  const before = await project.chain.provider.getBalance(who.address)
  expect((await project.run('deposit withdraw', who, '--yes')).answer).toMatchObject({ state: 'empty', deposit: '0' })
  expect(await project.chain.provider.getBalance(who.address)).toBeGreaterThan(before + ETHER * 2n)
})

it('is not touched without a yes, without units, or with more than there is', async () => {
  const silent = await project.run('deposit fund', who, '--deposit', '1ETH')
  expect([silent.exitCode, silent.answer]).toMatchObject([3, { errors: [{ code: 'LP_NOT_CONFIRMED' }] }])
  const bare = await project.run('deposit fund', who, '--deposit', '1', '-y')
  expect(bare.answer).toMatchObject({ errors: [{ code: 'LP_AMOUNT_INVALID' }] })
  const much = await project.run('deposit fund', who, '--deposit', '1000000ETH', '-y')
  expect(much.answer).toMatchObject({ errors: [{ code: 'LP_CHAIN_STATE' }] })
  const nothing = await project.run('deposit fund', who, '-y')
  expect(nothing.answer).toMatchObject({ errors: [{ code: 'LP_CHAIN_STATE' }] })
  expect((await project.run('deposit status', who)).answer).toMatchObject({ deposit: `${ETHER}`, state: 'locked' })
})

it('tells a person what is about to happen, how far it is, and what it cost', async () => {
  const { stdout, stderr } = await project.cli.run(['deposit', 'unlock', '-y', ...project.flags(who)])
  expect(stderr).toMatch(/account +0x[\s\S]*withdraw +from round \d+; nobody takes tickets meanwhile/)
  expect(stderr).toMatch(/unlock deposit and reserve: sent 0x/)
  expect(stdout).toMatch(/^Done; gas cost 0\.0\d+ ETH\.$/)
})

it('is not funded twice where a command was interrupted and is given again', async () => {
  await sendAndLeave(5n)
  const again = await project.run('deposit fund', who, '--deposit', '5wei', '-y')
  expect([again.exitCode, again.answer]).toMatchObject([4, { errors: [{ code: 'LP_TX_EARLIER' }] }])
  expect(again.stderr).toContain('an earlier command sent it')
  expect((await project.run('deposit status', who)).answer).toMatchObject({ deposit: `${ETHER + 5n}` })
  expect((await project.run('deposit fund', who, '--deposit', '5wei', '-y')).answer).toMatchObject({
    deposit: `${ETHER + 10n}`,
  })
})

/** A command that is interrupted before its transaction is mined. */
async function sendAndLeave(deposit: bigint): Promise<void> {
  const { rpc, controller, provider } = project.chain
  const parts = { clock: systemClock, log: recordedLog([]) }
  const folder = join(project.cli.folder, 'data')
  mkdirSync(folder, { recursive: true })
  const chain = await openChain({ rpc: [rpc], controller, ...parts })
  const signer = identityOf(who.privateKey).transactions
  const manager = new TransactionManager({ chain, signer, journal: join(folder, 'commands.sqlite'), ...parts })
  await provider.send('evm_setAutomine', [false])
  const call = chain.contracts.ticketBroker.fund(deposit, 0n)
  const sent = manager.send({ ...call, label: 'fund deposit and reserve' })
  await expect.poll(() => manager.pending().length).toBe(1)
  await manager.stop()
  await expect(sent).rejects.toMatchObject({ code: 'LP_TX_STOPPED' })
  chain.close()
  await provider.send('evm_setAutomine', [true])
  await project.chain.mine(1)
}
