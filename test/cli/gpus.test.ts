import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CliProject } from './cli-project.ts'

const MACHINES = join(import.meta.dirname, '../../docs/guides/machines')
const machine = (name: string): string => join(MACHINES, `${name}.json`)

async function gpus(...args: readonly string[]) {
  await using project = new CliProject()
  const { stdout, stderr, exitCode } = await project.run(['gpus', ...args])
  return { stdout, stderr, exitCode }
}

describe('gpus', () => {
  it('lists the cards of a machine and the processor', async () => {
    const { stdout, stderr, exitCode } = await gpus('--machine', machine('geforce-limited'), '--nvidia', '0')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^card 0 +NVIDIA GeForce RTX 3060 +570\.86\.15 +412 of 12288 MiB +3 % +0 open, limit 8 +up to 40 +works$/m,
    )
    expect(stdout).toMatch(/^cpu .* works$/m)
    expect(stderr).toContain('nothing is transcoded on them')
  })

  it('shows what is wrong with a card and what to do, and is well unless that card was asked for', async () => {
    const lost = ['--machine', machine('one-of-two-lost')]
    const looking = await gpus(...lost)
    expect(looking.exitCode).toBe(0)
    expect(looking.stdout).toMatch(/^card 1 .* does not work$/m)
    expect(looking.stdout).toMatch(
      /^NVIDIA card 1 does not answer any more: .*CUDA_ERROR_NOT_PERMITTED.*\n {2}remedy /m,
    )
    expect((await gpus(...lost, '--nvidia', 'all')).exitCode).toBe(4)
    expect((await gpus(...lost, '--nvidia', '0')).exitCode).toBe(0)
  })

  it('is one JSON document for programs, errors included', async () => {
    const { stdout, exitCode } = await gpus('--machine', machine('two-t4'), '--nvidia', '0,7', '--json')
    expect(exitCode).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({
      devices: [
        { backend: 'nvenc', id: '0', state: 'ok', memoryTotalBytes: 15_360 * 1024 * 1024 },
        { backend: 'nvenc', id: '7', state: 'out' },
        { backend: 'cpu-x264', id: 'cpu', state: 'ok' },
      ],
      errors: [{ code: 'LP_NVENC_NO_CARD' }],
    })
  })

  it('refuses a description that it cannot read', async () => {
    const { stderr, exitCode } = await gpus('--machine', 'nope.json')
    expect(exitCode).toBe(3)
    expect(stderr).toContain('LP_MACHINE_UNREADABLE')
  })
})

describe('check', () => {
  it('tells whether a node would start on a machine with these cards', async () => {
    await using project = new CliProject()
    const role = [
      'check',
      '--role',
      'transcoder',
      '--orch-addr',
      '127.0.0.1:1',
      '--orch-secret',
      'x',
      '--cli-addr',
      ':0',
    ]
    const good = await project.run([...role, '--nvidia', '0,1', '--machine', machine('two-t4')])
    expect(good.exitCode).toBe(0)
    const bad = await project.run([...role, '--nvidia', '2', '--machine', machine('two-t4')])
    expect(bad.exitCode).toBe(4)
    expect(bad.stderr).toContain('LP_NVENC_NO_CARD')
  })
})
