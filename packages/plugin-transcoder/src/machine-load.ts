import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'

/** Of Linux, whatever the kernel's own is. */
const TICKS_PER_SECOND = 100
/** Fields of `/proc/PID/stat` behind the name: user and system time, and that of children that have ended. */
const TIMES = [11, 12, 13, 14] as const

/** Processor time, ms, all processors together. Only differences mean something. */
export interface ProcessorTime {
  readonly total: number
  readonly busy: number
  /** Of this process and its descendants, those that have ended included. */
  readonly own: number
}

export async function processorTime(): Promise<ProcessorTime> {
  const times = cpus().map(({ times: of }) => of)
  const idle = times.reduce((sum, of) => sum + of.idle, 0)
  const total = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle)
  return { total, busy: total - idle, own: await timeOf(process.pid) }
}

/** What others had of the machine between two readings, 0 to 1. */
export function shareOfOthers(from: ProcessorTime, to: ProcessorTime): number {
  const total = to.total - from.total
  if (total <= 0) return 0
  const others = to.busy - from.busy - (to.own - from.own)
  return Math.min(1, Math.max(0, others / total))
}

/** Rejects where there is no `/proc`. */
async function timeOf(pid: number): Promise<number> {
  const [stat, children] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'latin1'),
    readFile(`/proc/${pid}/task/${pid}/children`, 'latin1'),
  ])
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = TIMES.reduce((sum, at) => sum + Number(fields[at]), 0)
  const pids = children.split(' ').filter(Boolean).map(Number)
  // One that has just ended is counted by its parent.
  const below = await Promise.all(pids.map((child) => timeOf(child).catch(() => 0)))
  return below.reduce((sum, ms) => sum + ms, (ticks * 1000) / TICKS_PER_SECOND)
}
