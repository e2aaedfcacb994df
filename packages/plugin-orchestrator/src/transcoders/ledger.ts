import type { WorkerReport } from '@livepeer-node/sdk'

/** Names of transcoders whose counts are kept. One without a name of its own has another with each connection. */
const MAX_NAMES = 500

export interface Entry {
  /** Results that were used. */
  readonly segments: number
  /** Encoded pixels of those. */
  readonly pixels: number
  /** Results that came after another one's, or were no longer needed. */
  readonly unused: number
  /** By error code. */
  readonly failures: ReadonlyMap<string, number>
}

const NOTHING: Entry = { segments: 0, pixels: 0, unused: 0, failures: new Map() }

/** What became of all segments, by the name of the transcoder. */
export class Ledger {
  /** Those that were heard of last come last. */
  readonly #entries = new Map<string, Entry>()

  get size(): number {
    return this.#entries.size
  }

  add({ worker, pixels, code }: WorkerReport): void {
    const before = this.of(worker)
    this.#entries.delete(worker)
    this.#entries.set(worker, next(before, pixels, code))
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > MAX_NAMES && oldest !== undefined) this.#entries.delete(oldest)
  }

  of(name: string): Entry {
    return this.#entries.get(name) ?? NOTHING
  }

  all(): readonly (readonly [name: string, entry: Entry])[] {
    return [...this.#entries]
  }
}

function next(before: Entry, pixels: number, code: string | undefined): Entry {
  if (code === undefined) return { ...before, segments: before.segments + 1, pixels: before.pixels + pixels }
  if (code === 'LP_RESULT_UNUSED') return { ...before, unused: before.unused + 1 }
  return { ...before, failures: new Map(before.failures).set(code, (before.failures.get(code) ?? 0) + 1) }
}
