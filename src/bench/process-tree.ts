import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second of /proc on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** What a process and all below it have used. */
export interface TreeUsage {
  /** CPU time so far, ms; of ended children too, once their parents have seen their end. */
  readonly cpuMs: number
  /** Resident memory now, bytes; what processes share counts in each. */
  readonly rssBytes: number
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
  readonly ticksOfEnded: number
  readonly pages: number
}

/** `undefined` where the system has no /proc. */
export function treeUsage(root = process.pid): TreeUsage | undefined {
  const processes = allProcesses()
  const top = processes.find(({ pid }) => pid === root)
  if (!top) return undefined
  const tree = [top]
  for (const parent of tree) tree.push(...processes.filter((each) => each.parent === parent.pid))
  const ticks = tree.reduce((sum, each) => sum + each.ticks + each.ticksOfEnded, 0)
  const pages = tree.reduce((sum, each) => sum + each.pages, 0)
  return { cpuMs: (ticks * 1000) / TICKS_PER_SECOND, rssBytes: pages * PAGE_BYTES }
}

function allProcesses(): Process[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []))
  } catch {
    return [] // not Linux
  }
}

function readProcess(pid: number): Process[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in front may hold spaces and brackets. From field 3 on: state, parent, …, 14 utime, stime, cutime, cstime, …, 24 rss.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const field = (number: number) => Number(fields[number - 3])
    const ticks = field(14) + field(15)
    return [{ pid, parent: field(4), ticks, ticksOfEnded: field(16) + field(17), pages: field(24) }]
  } catch {
    return [] // it has ended meanwhile
  }
}
