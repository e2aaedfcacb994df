import { LivepeerError } from '@livepeer-node/sdk'

/** How a worker ended. */
export interface WorkerEnd {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** Why we killed it, where we did. */
  readonly reason: string | undefined
  readonly lastLogLine: string
}

/** What comes of a call whose worker is gone. */
export function workerDied(name: string, end: WorkerEnd): LivepeerError {
  const how = end.signal ? `by ${end.signal}` : `with exit code ${end.exitCode ?? 'unknown'}`
  return new LivepeerError({
    code: 'LP_WORKER_DIED',
    kind: end.signal === 'SIGKILL' ? 'environment' : 'bug',
    message: `A ${name} worker ended ${how}${end.reason ? `: ${end.reason}` : ''}.`,
    observed: { signal: end.signal, exitCode: end.exitCode, lastLogLine: end.lastLogLine },
    remedy: 'Look for an out-of-memory kill in the system log; otherwise report the last log line with the media.',
  })
}

/** A call that took longer than it may. */
export function deadlinePassed(
  name: string,
  limit: { readonly call: string; readonly deadlineMs: number },
): LivepeerError {
  return new LivepeerError({
    code: 'LP_WORKER_DEADLINE',
    kind: 'limit',
    message: `A ${name} worker did not finish "${limit.call}" in time.`,
    limit: `${limit.deadlineMs} ms`,
    remedy: 'Take fewer sessions, a faster preset or fewer renditions: this machine does not keep up.',
  })
}

/** A worker is wanted of a pool that is closed: the node is stopping. */
export function workersClosed(name: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_WORKERS_CLOSED',
    kind: 'limit',
    message: `No ${name} worker is started any more: the engine is closed.`,
    remedy: 'Nothing, if the node is stopping.',
    wireText: 'TranscoderStopped',
  })
}
