import { execFileSync } from 'node:child_process'

/** Process ids of this process's children whose command line holds `text`. */
export function childPids(text: string): number[] {
  const table = execFileSync('ps', ['-o', 'pid=,ppid=,args=', '-A'], { encoding: 'utf8' })
  return table.split('\n').flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/)
    return Number(parent) === process.pid && args.join(' ').includes(text) ? [Number(pid)] : []
  })
}
