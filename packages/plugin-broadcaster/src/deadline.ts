import type { Clock, LivepeerError } from '@livepeer-node/sdk'

export interface Deadline {
  readonly clock: Clock
  readonly ms: number
  /** What the work fails with when time is up. */
  readonly error: () => LivepeerError
  /** Ends the work early, with its reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs work that must be done in time. The work gets a signal that aborts at the deadline; the promise settles then even
 * when the work does not listen to it.
 */
export async function within<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const time = new AbortController()
  const undo = deadline.clock.after(deadline.ms, () => time.abort(deadline.error()))
  const signal = deadline.signal ? AbortSignal.any([deadline.signal, time.signal]) : time.signal
  try {
    signal.throwIfAborted()
    return await untilAborted(work(signal), signal)
  } finally {
    undo()
  }
}

/** The work's result, or the signal's reason as soon as it aborts. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
