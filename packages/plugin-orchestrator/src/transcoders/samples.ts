import type { Clock } from '@livepeer-node/sdk'

interface Sample {
  readonly at: number
  readonly value: number
}

/** The latest values of something that is measured again and again. */
export class Samples {
  readonly #init: { readonly size: number; readonly maxAgeMs: number; readonly clock: Clock }
  #latest: Sample[] = []
  #sorted: readonly number[] | undefined

  /** Keeps `size` values that are not older than `maxAgeMs`. */
  constructor(init: { size: number; maxAgeMs: number; clock: Clock }) {
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

  /** The value that the share `q` of them does not exceed; `undefined` when there is none. */
  quantile(q: number): number | undefined {
    this.#forget()
    this.#sorted ??= this.#latest.map(({ value }) => value).toSorted((a, b) => a - b)
    return this.#sorted[Math.max(0, Math.ceil(q * this.#sorted.length) - 1)]
  }

  #forget(): void {
    const since = this.#init.clock.monotonic() - this.#init.maxAgeMs
    const kept = this.#latest.findIndex(({ at }) => at >= since)
    if (kept === 0 || this.#latest.length === 0) return
    this.#latest = kept < 0 ? [] : this.#latest.slice(kept)
    this.#sorted = undefined
  }
}
