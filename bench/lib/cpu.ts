import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { treeUsage } from '../../src/bench/process-tree.ts'

export interface RunCost {
  readonly wallSeconds: number
  /** User and system time of the command and of all that it waited for, start-up included. */
  readonly cpuSeconds: number
}

/** Runs one command to its end and says what it cost, by the shell's own accounting of reaped children. */
export async function costOf(command: string): Promise<RunCost> {
  const started = performance.now()
  const shell = spawn('bash', ['-c', `( ${command} ) >&2; status=$?; times; exit $status`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  for await (const chunk of shell.stdout) out += String(chunk)
  const wallSeconds = (performance.now() - started) / 1000
  if (shell.exitCode !== null && shell.exitCode !== 0) throw new Error(`ended with ${shell.exitCode}: ${command}`)
  const reaped = out.trim().split('\n').at(-1) ?? ''
  const cpuSeconds = [...reaped.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  )
  return { wallSeconds, cpuSeconds }
}

/** CPU seconds so far of a living process and all its descendants. */
export function cpuSecondsOf(root: number): number {
  return (treeUsage(root)?.cpuMs ?? 0) / 1000
}

/** Resident memory of one process, bytes. */
export function rssOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

/** Resident memory of a process and all its descendants, bytes. */
export function treeRssOf(root: number): number {
  return treeUsage(root)?.rssBytes ?? 0
}
