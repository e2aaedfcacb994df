const SETTLED_AFTER = 20
const GROWTH = 1.5
const ALLOWANCE_BYTES = 256 * 1024 * 1024
const MAX_SEGMENTS = 5000

/** When a worker is replaced before its memory becomes a problem (node-av.md §2.2). One per worker. */
export class RecycleRule {
  #segments = 0
  #settledBytes: number | undefined

  /** Call after each segment; the reason, or `undefined` to go on. */
  due(rssBytes: number): string | undefined {
    this.#segments++
    if (this.#segments === SETTLED_AFTER) this.#settledBytes = rssBytes
    if (this.#segments >= MAX_SEGMENTS) return `${MAX_SEGMENTS} segments`
    if (this.#settledBytes === undefined) return undefined
    const limit = this.#settledBytes * GROWTH + ALLOWANCE_BYTES
    return rssBytes > limit ? `memory grew from ${mib(this.#settledBytes)} to ${mib(rssBytes)}` : undefined
  }
}

function mib(bytes: number): string {
  return `${Math.round(bytes / (1024 * 1024))} MiB`
}
