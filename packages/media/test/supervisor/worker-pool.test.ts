import { recordedLog } from '@livepeer-node/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { WorkerPool } from '../../src/supervisor/worker-pool.ts'
import { childPids } from '../children.ts'
import type { EchoProtocol } from './echo-worker.ts'

const pools: WorkerPool<EchoProtocol>[] = []

function pool(): WorkerPool<EchoProtocol> {
  const made = new WorkerPool<EchoProtocol>({
    entry: new URL('./echo-worker.ts', import.meta.url),
    name: 'echo',
    log: recordedLog([]),
  })
  pools.push(made)
  return made
}

afterEach(() => Promise.all(pools.splice(0).map((made) => made.close())))

describe('WorkerPool', () => {
  it('gives each taker a worker of its own', async () => {
    const workers = pool()
    await workers.prewarm()
    const [first, second] = [await workers.take(), await workers.take()]
    expect(first.pid).not.toBe(second.pid)
    expect(await Promise.all([first.call('echo', 1), second.call('echo', 2)])).toEqual([1, 2])
  })

  it('does not give out a spare that died', async () => {
    const workers = pool()
    await workers.prewarm()
    const [spare = 0] = childPids('echo-worker')
    process.kill(spare, 'SIGKILL')
    const taken = await workers.take()
    expect(taken.pid).not.toBe(spare)
    expect(await taken.call('echo', 'alive')).toBe('alive')
  })

  it('starts the next spare when one is taken', async () => {
    const workers = pool()
    await workers.prewarm()
    const [spare] = childPids('echo-worker')
    const taken = await workers.take()
    expect(taken.pid).toBe(spare)
    expect(childPids('echo-worker').length).toBe(2)
  })

  it('ends all workers, the ones given out too', async () => {
    const workers = pool()
    const taken = await workers.take()
    await workers.close()
    await workers.close()
    expect(await taken.ended).toMatchObject({ exitCode: 0 })
    await expect(workers.take()).rejects.toMatchObject({ code: 'LP_WORKERS_CLOSED' })
  })
})
