import { once } from 'node:events'
import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { execaNode } from 'execa'
import { afterEach, describe, expect, it } from 'vitest'
import { WorkerProcess, type WorkerOptions } from '../../src/supervisor/worker-process.ts'
import type { EchoProtocol } from './echo-worker.ts'

const entry = new URL('./echo-worker.ts', import.meta.url)
const lines: LogLine[] = []
const started: WorkerProcess<EchoProtocol>[] = []

function start(options: Partial<WorkerOptions> = {}): WorkerProcess<EchoProtocol> {
  const worker = new WorkerProcess<EchoProtocol>({ entry, name: 'echo', log: recordedLog(lines), ...options })
  started.push(worker)
  return worker
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.end()))
  lines.length = 0
})

describe('calls', () => {
  it('carry bytes and plain values both ways', async () => {
    const value = { bytes: Buffer.from('picture'), list: [1, 2n, undefined], nested: { a: true } }
    const back = await start().call('echo', value)
    expect(back).toEqual({ ...value, bytes: expect.any(Uint8Array) })
    expect(Buffer.from((back as { bytes: Uint8Array }).bytes).toString()).toBe('picture')
  })

  it('carry errors whole, with the log lines of the call as their cause', async () => {
    await expect(start().call('fail', 'why')).rejects.toMatchObject({
      code: 'LP_TEST',
      kind: 'input',
      message: 'why',
      wireText: 'bare',
      cause: { message: expect.stringContaining('a log line of the call') },
    })
  })

  it('run with the allocator’s settings', async () => {
    expect(await start().call('environment', 'MALLOC_ARENA_MAX')).toBe('2')
    expect(await start().call('environment', 'CUDA_DEVICE_ORDER')).toBe('PCI_BUS_ID')
  })
})

describe('the end of a worker', () => {
  it.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)('%s rejects its calls and is one log line', async (signal) => {
    const worker = start()
    await worker.ready
    const calls = [worker.call('block', { ms: 60_000, beating: true }), worker.call('echo', 1)]
    process.kill(worker.pid ?? 0, signal)
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'LP_WORKER_DIED', observed: { signal } })
    expect(lines).toMatchObject([{ level: 'warn', fields: { code: 'LP_WORKER_DIED', signal, pid: worker.pid } }])
    await expect(worker.call('echo', 2)).rejects.toMatchObject({ code: 'LP_WORKER_DIED' })
    expect(worker.alive).toBe(false)
  })

  it('names exit code and last log line', async () => {
    await expect(start().call('exit', 3)).rejects.toMatchObject({
      code: 'LP_WORKER_DIED',
      observed: { exitCode: 3, lastLogLine: 'last words' },
    })
  })

  it('is noticed when the worker cannot start', async () => {
    const worker = start({ entry: new URL('./no-such-worker.ts', import.meta.url) })
    await expect(worker.ready).rejects.toMatchObject({ code: 'LP_WORKER_DIED', observed: { exitCode: 1 } })
    expect(await worker.ended).toMatchObject({ exitCode: 1 })
  })

  it('comes when it falls silent', async () => {
    const worker = start({ silenceMs: 1000 })
    await worker.ready
    const call = worker.call('block', { ms: 60_000, beating: false })
    await expect(call).rejects.toMatchObject({
      code: 'LP_WORKER_DIED',
      message: expect.stringContaining('said nothing'),
    })
  })

  it('comes when it is stopped, a state that nobody tells of', async () => {
    const worker = start({ silenceMs: 1000 })
    await worker.ready
    process.kill(worker.pid ?? 0, 'SIGSTOP')
    await expect(worker.call('echo', 1)).rejects.toMatchObject({ code: 'LP_WORKER_DIED' })
  })

  it('does not come while it speaks between frames', async () => {
    const worker = start({ silenceMs: 1000 })
    await worker.call('block', { ms: 2500, beating: true })
    expect(worker.alive).toBe(true)
  })

  it('comes with a deadline that is passed', async () => {
    const worker = start()
    await worker.ready
    const call = worker.call('block', { ms: 60_000, beating: true }, { deadlineMs: 200 })
    await expect(call).rejects.toMatchObject({ code: 'LP_WORKER_DEADLINE', kind: 'limit', limit: '200 ms' })
    expect(await worker.ended).toMatchObject({ signal: 'SIGKILL' })
  })

  it('comes with an abort, which the call rejects with', async () => {
    const worker = start()
    await worker.ready
    const cancel = new AbortController()
    const call = worker.call('block', { ms: 60_000, beating: true }, { signal: cancel.signal })
    cancel.abort(new Error('not wanted any more'))
    await expect(call).rejects.toThrow('not wanted any more')
    expect(await worker.ended).toMatchObject({ signal: 'SIGKILL' })
  })

  it('is orderly when it is idle, at once when it is busy, and silent in the log either way', async () => {
    const idle = start()
    const busy = start()
    await Promise.all([idle.ready, busy.ready])
    const call = busy.call('block', { ms: 60_000, beating: true }).catch((error: unknown) => error)
    await Promise.all([idle.end(), idle.end(), busy.end()])
    expect(await call).toMatchObject({ code: 'LP_WORKER_DIED' })
    expect(await idle.ended).toMatchObject({ exitCode: 0 })
    expect(await busy.ended).toMatchObject({ signal: 'SIGKILL' })
    expect(lines).toEqual([])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('does not come by %s: its parent decides', async (signal) => {
    const worker = start()
    await worker.ready
    process.kill(worker.pid ?? 0, signal)
    expect(await worker.call('echo', signal)).toBe(signal)
  })

  it.each(['idle', 'busy'])('comes with the end of its parent, also by SIGKILL, when %s', async (state) => {
    const parent = execaNode(new URL('./orphan-parent.ts', import.meta.url), [state], {
      nodeOptions: ['--conditions=livepeer-src'],
      buffer: false,
      reject: false,
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(isRunning(pid)).toBe(true)
    parent.kill('SIGKILL')
    await parent
    await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false)
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
