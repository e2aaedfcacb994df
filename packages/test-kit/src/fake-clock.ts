import type { Clock } from '@livepeer-node/sdk'

interface Timer {
  readonly at: number
  readonly order: number
  readonly action: () => void
}

/** A clock that stands still until `advance` is called. */
export class FakeClock implements Clock {
  #elapsed = 0
  #order = 0
  #timers: Timer[] = []
  #watchers: (() => void)[] = []
  readonly #epoch: number

  /** `epoch`: what `now()` says at first, ms since 1970. */
  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch
  }

  now(): number {
    return this.#epoch + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (signal?.aborted) return Promise.reject(signal.reason)
    const abort = () => {
      undo()
      reject(signal?.reason)
    }
    const undo = this.after(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    signal?.addEventListener('abort', abort, { once: true })
    return promise
  }

  after(ms: number, action: () => void): () => void {
    const timer: Timer = { at: this.#elapsed + Math.max(0, ms), order: this.#order++, action }
    this.#timers.push(timer)
    this.#timers.sort((a, b) => a.at - b.at || a.order - b.order)
    for (const watcher of this.#watchers) watcher()
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** How many timers and sleeps are waiting. */
  get waiting(): number {
    return this.#timers.length
  }

  /** Resolves once at least `count` timers and sleeps are waiting: then it makes sense to advance. */
  async whenWaiting(count = 1): Promise<void> {
    if (this.waiting >= count) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const watcher = () => {
      if (this.waiting >= count) resolve()
    }
    this.#watchers.push(watcher)
    await promise
    this.#watchers = this.#watchers.filter((other) => other !== watcher)
  }

  /**
   * Moves on by `ms`. Runs what falls due on the way, in order; what such an action starts may set timers that fall due
   * on the way too. Lets pending promises and I/O callbacks run before, between and after.
   */
  async advance(ms: number): Promise<void> {
    const target = this.#elapsed + ms
    await turn()
    for (let due = this.#timers[0]; due && due.at <= target; due = this.#timers[0]) {
      this.#timers.shift()
      this.#elapsed = due.at
      due.action()
      await turn()
    }
    this.#elapsed = target
    await turn()
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
