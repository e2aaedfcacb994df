import type { DevnetAccount, Snapshot } from '@livepeer-node/devnet'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ChainProject } from './chain-project.ts'

const TOKEN = 10n ** 18n
const refused = { errors: [{ code: 'LP_CHAIN_STATE' }] }
let project: ChainProject
let start: Snapshot
let orchestrator: DevnetAccount
let newcomer: DevnetAccount
beforeAll(async () => {
  project = await ChainProject.open()
  orchestrator = project.chain.account('orchestrator')
  newcomer = project.chain.account('spare')
  start = await project.chain.snapshot()
})
beforeEach(() => start.revert())
afterAll(() => project[Symbol.asyncDispose]())

const register = (...more: string[]) => registerAt('orch.example.org:8935', ...more)
const registerAt = (uri: string, ...more: string[]) =>
  project.run('orchestrator register', newcomer, '--service-uri', uri, '-y', ...more)

describe('an orchestrator', () => {
  it('registers, with all that it takes, and is active in the next round', async () => {
    const terms = ['--stake', '200LPT', '--reward-cut', '12.5', '--fee-cut', '95']
    const { exitCode, answer, stderr } = await register(...terms)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(answer).toMatchObject({
      registered: true,
      active: false,
      rewardCut: '125000',
      feeShare: '50000',
      serviceUri: 'https://orch.example.org:8935',
      totalStake: `${200n * TOKEN}`,
    })
    expect((answer['transactions'] as { label: string }[]).map(({ label }) => label)).toEqual([
      'approve 200 LPT',
      'bond 200 LPT',
      'set reward cut and fee share',
      'set the service URI',
    ])
    await project.chain.mineToRound()
    expect((await project.run('orchestrator status', newcomer)).answer).toMatchObject({ active: true })
    expect((await register('--stake', '1LPT')).answer).toMatchObject(refused)
  })

  it('is told what is missing before anything is sent', async () => {
    expect((await register()).answer).toMatchObject(refused)
    expect((await register('--stake', '9999999LPT')).answer).toMatchObject(refused)
    expect((await register('--stake', '1LPT', '--fee-cut', '101')).answer).toMatchObject({
      errors: [{ code: 'LP_PERCENT_INVALID' }],
    })
    expect((await registerAt('http://0.0.0.0:1', '--stake', '1LPT')).answer).toMatchObject({
      errors: [{ code: 'LP_SERVICE_URI' }],
    })
    const { lengthBlocks, startBlock, block } = (await project.run('round status', newcomer)).answer
    const last = Number(startBlock) + Number(lengthBlocks) - Number(block) - 2
    await project.chain.mine(last)
    const { answer } = await register('--stake', '1LPT')
    expect(answer).toMatchObject({
      errors: [{ code: 'LP_CHAIN_STATE', message: expect.stringContaining('last part') }],
    })
    expect((await project.run('stake status', newcomer)).answer).toMatchObject({ status: 'unbonded' })
  })

  it('changes its terms after its reward, and its address whenever it likes', async () => {
    await project.chain.mineToRound()
    const again = await project.run('orchestrator reward', orchestrator, '-y')
    expect(again.answer).toMatchObject(refused)
    const { answer } = await project.run('orchestrator set-terms', orchestrator, '--fee-cut', '80', '-y')
    expect(answer).toMatchObject({ rewardCut: '100000', feeShare: '200000' })
    const uri = await project.run('orchestrator set-uri', orchestrator, 'https://new.example.org:9000', '-y')
    expect(uri.answer).toMatchObject({ serviceUri: 'https://new.example.org:9000' })
    const same = await project.run('orchestrator set-uri', orchestrator, 'new.example.org:9000', '-y')
    expect(same.answer).toMatchObject({ transactions: [] })
  })

  it('calls its reward once in a round that somebody has opened', async () => {
    await register('--stake', '200LPT')
    await project.chain.mineToRound()
    const { answer } = await project.run('orchestrator reward', newcomer, '-y')
    expect(answer).toMatchObject({ rewardCalled: true })
    expect(BigInt(String(answer['pendingStake']))).toBeGreaterThan(200n * TOKEN)
    expect((await project.run('orchestrator reward', newcomer, '-y')).answer).toMatchObject(refused)
    expect((await project.run('orchestrator withdraw-fees', newcomer, '-y')).answer).toMatchObject(refused)
  })
})

describe('a round', () => {
  it('is initialized where nobody has', async () => {
    const before = (await project.run('round status', newcomer)).answer
    expect(before).toMatchObject({ initialized: true, poolSize: '1', poolMaxSize: '100' })
    expect((await project.run('round initialize', newcomer, '-y')).answer).toMatchObject(refused)
    await project.chain.mine(Number(before['lengthBlocks']))
    expect(
      (await project.run('stake bond', newcomer, '1LPT', '--to', orchestrator.address, '-y')).answer,
    ).toMatchObject(refused)
    expect((await project.run('round initialize', newcomer, '-y')).answer).toMatchObject({
      initialized: true,
      current: `${BigInt(String(before['current'])) + 1n}`,
    })
  })
})

describe('stake', () => {
  it('is bonded, unbonded, bonded again, and withdrawn when its rounds are over', async () => {
    const bonded = await project.run('stake bond', newcomer, '100LPT', '--to', orchestrator.address.toLowerCase(), '-y')
    expect(bonded.answer).toMatchObject({ status: 'pending', delegate: orchestrator.address })
    expect((await project.run('stake unbond', newcomer, '1LPT', '-y')).answer).toMatchObject(refused)
    await project.chain.mineToRound()
    expect((await project.run('stake unbond', newcomer, '999LPT', '-y')).answer).toMatchObject(refused)
    const unbonded = await project.run('stake unbond', newcomer, '40LPT', '-y')
    expect(unbonded.answer).toMatchObject({ locks: [{ id: '0', amount: `${40n * TOKEN}` }] })
    expect((await project.run('stake withdraw', newcomer, '-y')).answer).toMatchObject(refused)
    expect((await project.run('stake rebond', newcomer, '--lock', '0', '-y')).answer).toMatchObject({ locks: [] })
    expect((await project.run('stake rebond', newcomer, '--lock', '0', '-y')).answer).toMatchObject(refused)
    const all = await project.run('stake unbond', newcomer, '--all', '-y')
    expect(all.answer).toMatchObject({ status: 'unbonded', locks: [{ id: '1' }] })
    await project.chain.mineToRound()
    await project.chain.mineToRound()
    const { answer } = await project.run('stake withdraw', newcomer, '-y')
    expect(answer).toMatchObject({ locks: [] })
    expect(BigInt(String(answer['balance']))).toBeGreaterThanOrEqual(100_000n * TOKEN)
  })

  it('needs to know where it goes, and of which lock', async () => {
    expect((await project.run('stake bond', newcomer, '1LPT', '-y')).answer).toMatchObject(refused)
    expect((await project.run('stake withdraw', newcomer, '-y')).answer).toMatchObject(refused)
    expect(
      (await project.run('stake bond', newcomer, '1ETH', '--to', orchestrator.address, '-y')).answer,
    ).toMatchObject({
      errors: [{ code: 'LP_AMOUNT_INVALID' }],
    })
  })
})
