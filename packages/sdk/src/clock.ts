import { setTimeout as delay } from 'node:timers/promises'

/** Time, so that tests can own it. */
export interface Clock {
  /** ms since 1970. */
  now(): number
  /** ms since some moment; never goes back. For durations. */
  monotonic(): number
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. Does not keep the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `action` after `ms`, once; returns its undo. Does not keep the process alive. */
  after(ms: number, action: () => void): () => void
}

/** The machine's time. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms: number, signal?: AbortSignal) => delay(ms, undefined, { ref: false, ...(signal && { signal }) }),
  after: (ms: number, action: () => void) => {
    const timer = setTimeout(action, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
})
