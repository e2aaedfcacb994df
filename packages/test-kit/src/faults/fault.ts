import type { Link } from '../link.ts'

/** What a fault is done to: a process of this machine, and the way over which it and its peers talk. */
export interface FaultTarget {
  /** For people: `transcoder-2`. */
  readonly name: string
  /** Of the process now; `undefined` while it does not run. */
  readonly pid: number | undefined
  /** Absent: faults of the network cannot be done to it. */
  readonly link?: Link
}

/**
 * Something that goes wrong, done on purpose. Linux only: processes are stopped by signals, found in `/proc` and limited with
 * `prlimit` of util-linux.
 */
export interface Fault {
  /** In lower case: `kill`, `pause`, … */
  readonly name: string
  /**
   * Resolves when it is in effect. Disposing of what it resolves with heals it; that is harmless when done twice and when the
   * process has gone. What cannot be healed (a kill) leaves nothing to dispose of. Rejects where the target lacks what it needs.
   */
  inject(target: FaultTarget): Promise<AsyncDisposable>
}

/** For faults that leave nothing to heal. */
export const nothingToHeal: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() }

/** Disposes of by calling `heal` once. */
export function healedBy(heal: () => void | Promise<void>): AsyncDisposable {
  let healed: Promise<void> | undefined
  return { [Symbol.asyncDispose]: () => (healed ??= Promise.resolve(heal())) }
}

export function pidOf({ name, pid }: FaultTarget): number {
  if (pid === undefined) throw new Error(`${name} does not run`)
  return pid
}

export function linkOf({ name, link }: FaultTarget): Link {
  if (!link) throw new Error(`${name} is reached without a Link: put one between it and its peers`)
  return link
}
