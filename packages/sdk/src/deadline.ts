import type { Clock } from './clock.ts'

export interface Deadline {
  readonly clock: Clock
  readonly ms: number
  /** What the work fails with when time is up. */
  readonly error: () => Error
  /** Ends the work early, with its reason. It may live as long as the node: nothing of this call stays with it. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs work that must be done in time. The work gets a signal that aborts at the deadline, and with `signal`; the promise
 * rejects with that signal's reason at once then, whether the work heeds it or not.
 */
export async function within<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, ms, error, signal } = deadline
  signal?.throwIfAborted()
  // Not AbortSignal.any: each call would leave a trace in the source until the garbage collector has run.
  const end = new AbortController()
  const abort = () => end.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const cancel = clock.after(ms, () => end.abort(error()))
  try {
    return await untilAborted(work(end.signal), end.signal)
  } finally {
    cancel()
    signal?.removeEventListener('abort', abort)
  }
}

/** The work's result, or the signal's reason as soon as it aborts. What becomes of the work afterwards nobody hears. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
