import { type ChildProcess, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FaultTarget } from '../../src/faults/fault.ts'
import { crashWorker, diskFull, hangWorker, kill, pause, slowProcess } from '../../src/faults/process-faults.ts'
import { descendantsOf, processesWith } from '../../src/faults/processes.ts'

/** Answers each line with what came of it; has a child that answers `worker`. */
const SUBJECT = `
const { spawn } = require('node:child_process')
const { writeFileSync } = require('node:fs')
const { createInterface } = require('node:readline')
const worker = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)', 'encoder'], { stdio: ['pipe', 'pipe', 'inherit'] })
worker.on('exit', (code, signal) => console.log('worker ended with ' + signal))
worker.stdin.on('error', () => {})
createInterface({ input: worker.stdout }).on('line', (line) => console.log('worker ' + line))
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'write') {
    try { writeFileSync(process.argv[1], 'text'); console.log('written') } catch (error) { console.log(error.code) }
  } else if (line.startsWith('worker')) worker.stdin.write(line + '\\n')
  else console.log(line)
})
console.log('ready')
`

let folder: string
let child: ChildProcess
let lines: Interface

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livepeer-faults-'))
  child = spawn(process.execPath, ['-e', SUBJECT, join(folder, 'file')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, FAULTS_TEST: folder },
  })
  lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> })
  await expectLine('ready')
})

afterEach(async () => {
  for (const pid of descendantsOf(child.pid ?? -1)) process.kill(pid, 'SIGKILL')
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
})

const target = (): FaultTarget => ({ name: 'subject', pid: child.pid })
const tell = (line: string) => child.stdin?.write(`${line}\n`)

/** Reads on until it says so; what never comes ends the test by its time limit. */
async function expectLine(wanted: string): Promise<void> {
  for await (const [line] of on(lines, 'line')) if (line === wanted) return
}

/** `T`: stopped by a signal. */
const stateOf = (pid: number) => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
async function expectStopped(pid: number): Promise<void> {
  await expect.poll(() => stateOf(pid)).toBe('T')
}

it('kill ends the process', async () => {
  const exit = once(child, 'exit')
  await kill().inject(target())
  expect(await exit).toEqual([null, 'SIGKILL'])
})

it('crash-worker ends the child alone', async () => {
  await crashWorker('encoder').inject(target())
  await expectLine('worker ended with SIGSEGV')
  tell('still here')
  await expectLine('still here')
})

it('hang-worker stops the child alone, until it is healed', async () => {
  const hung = await hangWorker('encoder').inject(target())
  const [worker = -1] = descendantsOf(child.pid ?? -1)
  await expectStopped(worker)
  tell('worker job')
  tell('still here')
  await expectLine('still here')
  await hung[Symbol.asyncDispose]()
  await expectLine('worker worker job')
})

it('pause stops the process and its children, until it is healed', async () => {
  const pid = child.pid ?? -1
  const [worker = -1] = descendantsOf(pid)
  const paused = await pause().inject(target())
  await expectStopped(pid)
  await expectStopped(worker)
  await paused[Symbol.asyncDispose]()
  tell('worker job')
  await expectLine('worker worker job')
})

it('slow stops the process again and again, and leaves it running', async () => {
  const pid = child.pid ?? -1
  const slowed = await slowProcess(0.5).inject(target())
  await expectStopped(pid)
  await expect.poll(() => stateOf(pid)).not.toBe('T')
  await expectStopped(pid)
  await slowed[Symbol.asyncDispose]()
  expect(stateOf(pid)).not.toBe('T')
  tell('still here')
  await expectLine('still here')
})

it('disk-full lets no file be written, until it is healed', async () => {
  const full = await diskFull().inject(target())
  tell('write')
  await expectLine('EFBIG')
  await full[Symbol.asyncDispose]()
  tell('write')
  await expectLine('written')
})

it('a fault of a process that does not run is refused; to heal one that has gone is harmless', async () => {
  await expect(pause().inject({ name: 'gone', pid: undefined })).rejects.toThrow('gone does not run')
  const [paused, slowed] = [await pause().inject(target()), await slowProcess().inject(target())]
  child.kill('SIGKILL')
  await once(child, 'exit')
  await paused[Symbol.asyncDispose]()
  await slowed[Symbol.asyncDispose]()
})

it('finds processes by what is in their environment, children included', () => {
  const pid = child.pid ?? -1
  expect(new Set(processesWith('FAULTS_TEST', folder))).toEqual(new Set([pid, ...descendantsOf(pid)]))
})
