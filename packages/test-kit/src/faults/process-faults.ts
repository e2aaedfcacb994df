import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Fault, healedBy, nothingToHeal, pidOf } from './fault.ts'
import { descendantsOf, signal } from './processes.ts'

const run = promisify(execFile)

/** SIGKILL: the process ends at once and says nothing; its children are left to notice. */
export function kill(): Fault {
  return {
    name: 'kill',
    inject: async (target) => {
      signal(pidOf(target), 'SIGKILL')
      return nothingToHeal
    },
  }
}

/** SIGSEGV to the newest child of the process whose command line holds `needle`: as a bug in a codec would end it. */
export function crashWorker(needle = 'transcode'): Fault {
  return {
    name: 'crash-worker',
    inject: async (target) => {
      signal(workerOf(pidOf(target), needle), 'SIGSEGV')
      return nothingToHeal
    },
  }
}

/** SIGSTOP to the newest child whose command line holds `needle`: an encoder that hangs. Healed by SIGCONT. */
export function hangWorker(needle = 'transcode'): Fault {
  return {
    name: 'hang-worker',
    inject: async (target) => {
      const worker = workerOf(pidOf(target), needle)
      signal(worker, 'SIGSTOP')
      return healedBy(() => void signal(worker, 'SIGCONT'))
    },
  }
}

/** SIGSTOP to the process and all its children: a machine that hangs; its connections stand. Healed by SIGCONT. */
export function pause(): Fault {
  return {
    name: 'pause',
    inject: async (target) => {
      const pid = pidOf(target)
      const all = [pid, ...descendantsOf(pid)]
      for (const one of all) signal(one, 'SIGSTOP')
      return healedBy(() => {
        for (const one of all) signal(one, 'SIGCONT')
      })
    },
  }
}

/** The process and its children stand still for this share of the time, in turns of 200 ms: a machine that others use as well. */
export function slowProcess(share = 0.7): Fault {
  return { name: 'slow', inject: async (target) => healedBy(dutyCycle(pidOf(target), share)) }
}

/** Writing to files fails (EFBIG) for the process and its children, as on a full disk. Pipes and sockets go on. */
export function diskFull(): Fault {
  return {
    name: 'disk-full',
    inject: async (target) => {
      const pid = pidOf(target)
      await limitFiles(pid, '0')
      return healedBy(() => limitFiles(pid, 'unlimited'))
    },
  }
}

function workerOf(pid: number, needle: string): number {
  const worker = descendantsOf(pid, needle).at(-1)
  if (worker === undefined) throw new Error(`process ${pid} has no child ${needle}`)
  return worker
}

const TURN_MS = 200

/** Returns how to end it, which leaves the processes running. */
function dutyCycle(pid: number, share: number): () => Promise<void> {
  const over = new AbortController()
  const all = () => [pid, ...descendantsOf(pid)]
  const pass = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)
  const turning = (async () => {
    while (!over.signal.aborted) {
      const stopped = all().filter((one) => signal(one, 'SIGSTOP'))
      await pass(TURN_MS * share)
      for (const one of stopped) signal(one, 'SIGCONT')
      if (stopped.length === 0) return
      await pass(TURN_MS * (1 - share))
    }
  })()
  return () => {
    over.abort()
    return turning
  }
}

/** The soft limit alone, which its owner may raise again. */
async function limitFiles(pid: number, bytes: string): Promise<void> {
  const all = [pid, ...descendantsOf(pid)]
  const results = await Promise.allSettled(
    all.map((one) => run('prlimit', ['--pid', String(one), `--fsize=${bytes}:`])),
  )
  // A child that has ended meanwhile has no files to fill; the process itself must be there.
  const [own] = results
  if (own?.status === 'rejected' && signal(pid, 'SIGCONT')) throw own.reason
}
