import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findAnvil } from '../src/anvil-binary.ts'
import { startAnvil } from '../src/anvil.ts'
import { type Devnet, startDevnet } from '../src/index.ts'

const BARE = { orchestrators: 0, broadcasters: 0 }

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livepeer-devnet-test-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

async function answers(rpc: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
  try {
    return (await fetch(rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).ok
  } catch {
    return false
  }
}

describe('the chain’s process', () => {
  it('ends when it is stopped, however often, and leaves nothing behind', async () => {
    vi.stubEnv('TMPDIR', folder)
    const home = join(homedir(), '.foundry')
    const before = existsSync(home)
    const anvil = await startAnvil(['--port', '0'])
    expect(await answers(anvil.rpc)).toBe(true)
    expect(readdirSync(folder)).toHaveLength(1)
    await Promise.all([anvil.stop(), anvil.stop()])
    expect(await anvil.ended).toBeUndefined()
    expect(await answers(anvil.rpc)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
    expect(existsSync(home)).toBe(before)
  })

  it('ends when the program that started it is killed', async () => {
    const index = new URL('../src/index.ts', import.meta.url).href
    const script = `const { startDevnet } = await import(${JSON.stringify(index)})
      console.log(JSON.stringify(await startDevnet(${JSON.stringify(BARE)})))`
    const program = spawn(process.execPath, ['--conditions=livepeer-src', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    })
    const [line] = await once(createInterface(program.stdout), 'line')
    const { rpc }: { rpc: string } = JSON.parse(String(line))
    expect(await answers(rpc)).toBe(true)
    const exit = once(program, 'exit')
    program.kill('SIGKILL')
    await exit
    await vi.waitFor(async () => expect(await answers(rpc)).toBe(false), { timeout: 10_000, interval: 20 })
  })

  it('says why it is gone when somebody else ended it', async () => {
    vi.stubEnv('TMPDIR', folder)
    const devnet = await startDevnet(BARE)
    process.kill(anvilIn(folder), 'SIGKILL')
    expect(await devnet.ended).toMatchObject({ code: 'LP_DEVNET_CHAIN' })
    await expect(devnet.stop()).resolves.toBeUndefined()
  })

  it('says why it does not start', async () => {
    const state = join(folder, 'state.json')
    writeFileSync(state, 'not a state')
    await expect(startDevnet({ ...BARE, state })).rejects.toThrow(
      expect.objectContaining({ code: 'LP_DEVNET_CHAIN', message: expect.stringContaining('did not start') }),
    )
    const first = await startAnvil(['--port', '0'])
    await expect(startAnvil(['--port', new URL(first.rpc).port])).rejects.toThrow(
      expect.objectContaining({ code: 'LP_DEVNET_CHAIN', observed: expect.stringMatching(/in use/i) }),
    )
    await first.stop()
  })
})

describe('the anvil to run', () => {
  it('is the installed one, or what ANVIL names', () => {
    const installed = findAnvil({})
    expect(installed).toMatch(/@foundry-rs\/anvil-/)
    expect(findAnvil({ ANVIL: '/bin/sh', PATH: '/nowhere' })).toBe('/bin/sh')
  })

  it('is missed by name', () => {
    expect(() => findAnvil({ ANVIL: join(folder, 'anvil') })).toThrow(
      expect.objectContaining({ code: 'LP_DEVNET_ANVIL', observed: join(folder, 'anvil') }),
    )
  })
})

describe('a state file', () => {
  it('brings the chain back: contracts, roles, round', async () => {
    const state = join(folder, 'state.json')
    const first = await startDevnet({ state })
    await first.mineToRound()
    const { round, block } = await first.round()
    await first.stop()
    expect(readFileSync(state).length).toBeGreaterThan(0)
    const again = await startDevnet({ state })
    expect((await again.round()).round).toBe(round)
    expect((await again.round()).block).toBeGreaterThanOrEqual(block)
    expect(again.controller).toBe(first.controller)
    expect(await isActive(again)).toBe(true)
    expect((await again.mineToRound()).round).toBe(round + 1n)
    await again.stop()
  })
})

describe('the same calls', () => {
  it('give the same blocks where the time is set', async () => {
    const hashes: unknown[] = []
    for (let i = 0; i < 2; i += 1) {
      await using devnet = await startDevnet({ timestamp: 1_700_000_000, ...BARE })
      hashes.push(await devnet.contract('RoundsManager').getFunction('blockHashForRound')(1n))
    }
    expect(hashes[0]).toBe(hashes[1])
  })
})

function isActive(devnet: Devnet): Promise<boolean> {
  return devnet.contract('BondingManager').getFunction('isActiveTranscoder')(devnet.account('orchestrator').address)
}

/** The one whose home is in this folder. */
function anvilIn(home: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const found = pids.find(
    (pid) => read(`/proc/${pid}/comm`) === 'anvil\n' && read(`/proc/${pid}/environ`).includes(`HOME=${home}`),
  )
  if (!found) throw new Error('There is no such anvil.')
  return Number(found)
}

/** Empty for a process that has gone, or is another user’s. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
