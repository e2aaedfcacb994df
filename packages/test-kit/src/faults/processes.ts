import { readdirSync, readFileSync } from 'node:fs'

/** A living process as `/proc` shows it. */
interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** `Z`: it ended and its parent has not asked yet. */
  readonly state: string
}

/** Living descendants of a process, nearest first; with `needle`, those whose command line holds it. Linux only. */
export function descendantsOf(root: number, needle = ''): number[] {
  const all = processes()
  const found = new Set([root])
  // Children come after their parents here, whatever their pids.
  for (const pid of found) for (const entry of all) if (entry.parent === pid) found.add(entry.pid)
  found.delete(root)
  return [...found].filter((pid) => needle === '' || commandLineOf(pid).includes(needle))
}

/** Living processes that were started with this variable in their environment, children of such included. Linux only. */
export function processesWith(variable: string, value: string): number[] {
  const entry = `${variable}=${value}`
  return processes().flatMap(({ pid }) => (read(pid, 'environ').split('\0').includes(entry) ? [pid] : []))
}

/** Sends a signal; false: it has gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

function processes(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (entryOf(Number(name)) ?? []) : []))
}

function entryOf(pid: number): ProcessEntry | undefined {
  const stat = read(pid, 'stat')
  // The name of the program stands in brackets and may hold spaces.
  const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' || state === 'Z' ? undefined : { pid, parent: Number(parent), state }
}

function commandLineOf(pid: number): string {
  return read(pid, 'cmdline').replaceAll('\0', ' ')
}

/** Empty for what has gone, or is somebody else's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
