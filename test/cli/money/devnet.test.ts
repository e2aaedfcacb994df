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
  child.kill('SIGTERM')
  expect(await child).toMatchObject({ exitCode: 0 })
})

it('keeps the chain where it is told to', async () => {
  await using project = new CliProject()
  const run = async () => {
    const child = project.run(['devnet', '--port', '0', '--state', 'chain.json', '--json'])
    const lines = await linesUntil(child.stdout, 'controller')
    const { rpc } = JSON.parse(lines[0] ?? '') as { rpc: string }
    const block = await blockNumber(rpc)
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

async function blockNumber(rpc: string): Promise<number> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })
  const response = await fetch(rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result } = (await response.json()) as { result: string }
  return Number(result)
}
