import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CliProject, linesUntil } from '../cli-project.ts'

it('runs a chain, says what others need in one line, and ends when told to', async () => {
  await using project = new CliProject()
  const folder = join(project.folder, 'dev')
  const child = project.run(['devnet', '--port', '0', '--data-dir', folder, '--json'])
  const [line = '', ...others] = await linesUntil(child.stdout, 'controller')
  expect(others).toEqual([])
  const info = JSON.parse(line) as { rpc: string; chainId: number; accounts: { address: string; role: string }[] }
  expect(Object.keys(info)).toEqual(['rpc', 'chainId', 'controller', 'accounts'])
  expect(info.accounts.map(({ role }) => role).slice(0, 4)).toEqual([
    'deployer',
    'orchestrator',
    'broadcaster',
    'spare',
  ])
  expect(readdirSync(join(folder, 'keystore'))).toHaveLength(info.accounts.length)
  const orchestrator = info.accounts.find(({ role }) => role === 'orchestrator')
  const { stdout: config } = await project.run(['devnet', 'config', 'orchestrator', '--data-dir', folder])
  expect(config).toContain(`ethUrl: ['${info.rpc}']`)
  expect(config).toContain(`ethAcctAddr: '${orchestrator?.address}'`)
  const { stdout: flags } = await project.run(['devnet', 'config', 'broadcaster', '--flags', '--data-dir', folder])
  expect(flags).toContain(`--eth-url ${info.rpc} --eth-controller 0x`)
  const spare = info.accounts[4]?.address ?? ''
  const gift = ['--eth', '1ETH', '--lpt', '5LPT', '--data-dir', folder]
  expect(await project.run(['devnet', 'fund', spare, ...gift])).toMatchObject({ exitCode: 0 })
  const balance = await rpc(info.rpc, 'eth_getBalance', [spare, 'latest'])
  expect(BigInt(String(balance))).toBe(10_001n * 10n ** 18n)
  const mined = await project.run(['devnet', 'mine', '3', '--json', '--data-dir', folder])
  expect(JSON.parse(mined.stdout)).toEqual({ block: expect.stringMatching(/^\d+$/) })
  const next = await project.run(['devnet', 'next-round', '--json', '--data-dir', folder])
  expect(Number((JSON.parse(next.stdout) as { round: string }).round)).toBeGreaterThan(4)
  child.kill('SIGTERM')
  expect(await child).toMatchObject({ exitCode: 0 })
})

it('keeps the chain where it is told to', async () => {
  await using project = new CliProject()
  const run = async () => {
    const child = project.run(['devnet', '--port', '0', '--state', 'chain.json', '--json'])
    const lines = await linesUntil(child.stdout, 'controller')
    const info = JSON.parse(lines[0] ?? '') as { rpc: string }
    const block = await blockNumber(info.rpc)
    child.kill('SIGTERM')
    expect((await child).exitCode).toBe(0)
    return block
  }
  const before = await run()
  expect(await run()).toBeGreaterThanOrEqual(before)
})

it('refuses numbers that it cannot use, and folders that it was not started with', async () => {
  await using project = new CliProject()
  const time = await project.run(['devnet', '--block-time', 'soon'])
  expect([time.exitCode, time.stderr]).toEqual([3, expect.stringContaining('LP_DEVNET_FLAG')])
  const folder = await project.run(['devnet', 'config', 'broadcaster', '--data-dir', 'nowhere'])
  expect([folder.exitCode, folder.stderr]).toEqual([3, expect.stringContaining('LP_DEVNET_FOLDER')])
})

async function blockNumber(url: string): Promise<number> {
  return Number(await rpc(url, 'eth_blockNumber'))
}

async function rpc(url: string, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return ((await response.json()) as { result: unknown }).result
}
