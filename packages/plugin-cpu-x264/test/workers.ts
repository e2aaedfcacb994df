import { execFileSync } from 'node:child_process'

/** Kills this process's transcode workers, as the system does when memory runs out. */
export function killWorkers(): void {
  const table = execFileSync('ps', ['-o', 'pid=,ppid=,args=', '-A'], { encoding: 'utf8' })
  for (const line of table.split('\n')) {
    const [pid, parent, ...args] = line.trim().split(/\s+/)
    if (Number(parent) === process.pid && args.some((arg) => /transcode\/worker\.[jt]s$/.test(arg))) {
      process.kill(Number(pid), 'SIGKILL')
    }
  }
}
