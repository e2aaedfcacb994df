import type { Clock } from '@livepeer-node/sdk'

export interface Deadline {
  readonly clock: Clock
  readonly ms: number
  /** What the work fails with when time is up. */
  readonly error: () => Error
  readonly signal: AbortSignal
}

/**
 * Runs `work` with a signal that aborts with `signal`, or after `ms` with `error()`; rejects with that reason at once then,
 * whether the work heeds its signal or not.
 */
export async function within<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, ms, error, signal } = deadline
  signal.throwIfAborted()
  const late = new AbortController()
  const cancel = clock.after(ms, () => late.abort(error()))
  const both = AbortSignal.any([signal, late.signal])
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(both.reason)
  both.addEventListener('abort', abort, { once: true })
  try {
    const running = work(both)
    // When the abort wins the race, nobody else hears of what becomes of the work.
    running.catch(() => undefined)
    return await Promise.race([running, aborted.promise])
  } catch (failure) {
    throw both.aborted ? both.reason : failure
  } finally {
    both.removeEventListener('abort', abort)
    cancel()
  }
}
