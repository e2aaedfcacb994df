import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DevnetAccount } from '@livepeer-node/devnet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChainProject } from './chain-project.ts'

const ETHER = 10n ** 18n
let project: ChainProject
let who: DevnetAccount
beforeAll(async () => {
  project = await ChainProject.open()
  who = project.chain.account('spare')
})
afterAll(() => project[Symbol.asyncDispose]())

describe('account', () => {
  it('create, list, export and import: the key goes from one keystore to another', async () => {
    const { cli } = project
    const key = ['--eth-keystore-path', 'own', '--eth-password', 'hush']
    const created = JSON.parse((await cli.run(['account', 'create', '--json', ...key])).stdout) as { address: string }
    expect((await cli.run(['account', 'list', '--eth-keystore-path', 'own'])).stdout).toContain(created.address)
    const exported = await cli.run(['account', 'export', ...key])
    writeFileSync(join(cli.folder, 'key.json'), exported.stdout)
    const other = ['--eth-keystore-path', 'other', '--eth-password', 'new', '--file-password', 'hush']
    expect((await cli.run(['account', 'import', 'key.json', ...other])).stdout).toContain(created.address)
    const again = await cli.run(['account', 'import', 'key.json', ...other])
    expect([again.exitCode, again.stderr]).toEqual([3, expect.stringContaining('LP_ACCOUNT_PRESENT')])
  })

  it('is never made by itself, nor opened without its password', async () => {
    const { cli } = project
    const none = await cli.run(['account', 'sign', 'hello', '--eth-keystore-path', 'nowhere'])
    expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining('LP_ACCOUNT_MISSING')])
    const chain = ['--eth-keystore-path', project.keystore, '--eth-acct-addr', who.address]
    const silent = await cli.run(['account', 'sign', 'hello', ...chain])
    expect([silent.exitCode, silent.stderr]).toEqual([3, expect.stringContaining('LP_KEY_PASSWORD_MISSING')])
    const wrong = await cli.run(['account', 'sign', 'hello', ...chain, '--eth-password', 'wrong'])
    expect([wrong.exitCode, wrong.stderr]).toEqual([3, expect.stringContaining('LP_KEY_PASSWORD')])
  })

  it('balance and send, in Ether and in tokens', async () => {
    const other = project.chain.account('spare', 1).address
    const before = (await project.run('account balance', who, other)).answer
    expect(before).toMatchObject({ address: other, chainId: '31337', lpt: `${100_000n * ETHER}` })
    expect((await project.run('account send', who, '1.5ETH', '--to', other, '-y')).exitCode).toBe(0)
    expect((await project.run('account send', who, '20LPT', '--to', other, '-y')).exitCode).toBe(0)
    const after = (await project.run('account balance', who, other)).answer
    expect(BigInt(String(after['eth'])) - BigInt(String(before['eth']))).toBe((ETHER * 3n) / 2n)
    expect(after).toMatchObject({ lpt: `${100_020n * ETHER}` })
    const bad = await project.run('account send', who, '1ETH', '--to', '0x12', '-y')
    expect(bad.answer).toMatchObject({ errors: [{ code: 'LP_ACCOUNT_ADDRESS' }] })
  })

  it('faucet gives tokens', async () => {
    const { answer } = await project.run('account faucet', who, '-y')
    expect(BigInt(String(answer['lpt']))).toBeGreaterThan(99_000n * ETHER)
  })
})

describe('a command without a chain', () => {
  it('says what it needs', async () => {
    const { cli } = project
    const none = await cli.run(['deposit', 'status'])
    expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining('LP_NETWORK_MISSING')])
    const own = await cli.run(['deposit', 'status', '--network', 'own', '--eth-url', project.chain.rpc])
    expect([own.exitCode, own.stderr]).toEqual([3, expect.stringContaining('LP_CONTROLLER_MISSING')])
    const mainnet = await cli.run(['deposit', 'status', '--eth-url', project.chain.rpc])
    expect([mainnet.exitCode, mainnet.stderr]).toEqual([3, expect.stringContaining('LP_CHAIN_ID')])
  })
})
