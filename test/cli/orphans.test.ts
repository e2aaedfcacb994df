import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { childrenOf } from '../e2e/node-process.ts'
import { CliProject } from './cli-project.ts'

const CONFIG = join(import.meta.dirname, '../../livepeer.config.ts')
const ports = ['--rtmp-addr', '--http-addr', '--cli-addr', '--service-addr'].flatMap((flag) => [flag, '127.0.0.1:0'])

/** Resolves with the workers of a node that transcodes, once there are some of every kind. */
async function workersOf(pid: number): Promise<readonly number[]> {
  for (;;) {
    const kinds = await Promise.all(
      ['pattern', 'segment', 'transcode'].map((kind) => childrenOf(pid, `/${kind}/worker`)),
    )
    if (kinds.every((pids) => pids.length > 0)) return kinds.flat()
    await delay(50)
  }
}

/** Resolves when none of these processes runs any more. */
async function gone(pids: readonly number[]): Promise<readonly number[]> {
  for (let left = pids; ; left = left.filter(isRunning)) {
    if (left.length === 0) return left
    await delay(20)
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('no worker outlives its node', () => {
  it.each([
    ['SIGTERM', 0],
    ['SIGKILL', undefined],
  ] as const)('%s', async (signal, code) => {
    await using project = new CliProject()
    const { child } = await project.start(['start', '--config', CONFIG, ...ports])
    const workers = await workersOf(child.pid ?? 0)
    child.kill(signal)
    expect((await child).exitCode).toBe(code)
    expect(await gone(workers)).toEqual([])
  })

  it('a second SIGTERM', async () => {
    await using project = new CliProject()
    const { child } = await project.start(['start', '--config', CONFIG, ...ports])
    const workers = await workersOf(child.pid ?? 0)
    // Frozen workers finish nothing: the node waits for them until it is told again.
    for (const pid of workers) process.kill(pid, 'SIGSTOP')
    const again = setInterval(() => child.kill('SIGTERM'), 200)
    const { exitCode } = await child
    clearInterval(again)
    for (const pid of workers.filter(isRunning)) process.kill(pid, 'SIGCONT')
    expect(exitCode).toBe(143)
    expect(await gone(workers)).toEqual([])
  })
})
