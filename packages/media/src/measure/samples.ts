import type { Clock } from '@livepeer-node/sdk'
import { ascending, nearestRank } from './percentile.ts'

export interface SamplesInit {
  /** Values that are kept at most. */
  readonly size: number
  /** An older one says nothing any more, ms. */
  readonly maxAgeMs: number
  readonly clock: Pick<Clock, 'monotonic'>
}

/** The latest values of something that is measured again and again. */
export class Samples {
  readonly #init: SamplesInit
  /** Oldest first; `at` is monotonic ms. */
  #latest: { readonly at: number; readonly value: number }[] = []
  #sorted: readonly number[] | undefined

  constructor(init: SamplesInit) {
    this.#init = init
  }

  add(value: number): void {
    this.#latest.push({ at: this.#init.clock.monotonic(), value })
    if (this.#latest.length > this.#init.size) this.#latest.shift()
    this.#sorted = undefined
  }

  get count(): number {
    this.#forget()
    return this.#latest.length
  }

  get sum(): number {
    this.#forget()
    return this.#latest.reduce((sum, { value }) => sum + value, 0)
  }

  /** The value that `share` (0 to 1) of them do not exceed, by nearest rank; `undefined` where there are none. */
  percentile(share: number): number | undefined {
    this.#forget()
    this.#sorted ??= ascending(this.#latest.map(({ value }) => value))
    return nearestRank(this.#sorted, share)
  }

  #forget(): void {
    const since = this.#init.clock.monotonic() - this.#init.maxAgeMs
    const kept = this.#latest.findIndex(({ at }) => at >= since)
    if (kept === 0 || this.#latest.length === 0) return
    this.#latest = kept < 0 ? [] : this.#latest.slice(kept)
    this.#sorted = undefined
  }
}
