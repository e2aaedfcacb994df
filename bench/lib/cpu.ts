import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU time in these; `getconf CLK_TCK` says 100 everywhere that matters. */
const TICKS_PER_SECOND = 100

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

interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly cpuSeconds: number
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent = 0] = fields.slice(1, 2)
    // utime, stime, and those of children that were reaped
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0)
    return { pid, parent, cpuSeconds: ticks / TICKS_PER_SECOND }
  } catch {
    return undefined // it ended between listing and reading
  }
}

function treeOf(root: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
  const tree: ProcessStat[] = []
  const pids = new Set([root])
  for (let grew = true; grew; ) {
    grew = false
    for (const stat of all) {
      if (tree.includes(stat) || !(pids.has(stat.pid) || pids.has(stat.parent))) continue
      pids.add(stat.pid)
      tree.push(stat)
      grew = true
    }
  }
  return tree
}

/** CPU seconds so far of a living process and all its descendants. */
export function cpuSecondsOf(root: number): number {
  return treeOf(root).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
}

/** Resident memory of one process, bytes. */
export function rssOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

/** Resident memory of a process and all its descendants, bytes. */
export function treeRssOf(root: number): number {
  return treeOf(root).reduce((sum, { pid }) => {
    try {
      return sum + rssOf(pid)
    } catch {
      return sum
    }
  }, 0)
}
