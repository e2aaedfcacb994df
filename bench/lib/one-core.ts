import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Binds this process and all its threads to the last processor, where `taskset` is there. @returns what is true now */
export function keepToOneCore(): string {
  const core = String(availableParallelism() - 1)
  const { status } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', core, String(process.pid)])
  return status === 0 ? `bound to processor ${core}` : 'not bound'
}
