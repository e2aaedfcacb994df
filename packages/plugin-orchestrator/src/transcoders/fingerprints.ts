import { hash } from 'node:crypto'

const SAMPLE_BYTES = 16 * 1024
/** Results to remember: half a minute of twenty streams with a ladder of four and more. */
const REMEMBERED = 2048

/** Which bytes were delivered for which source, of the latest results: copies of them are noticed. */
export class Fingerprints {
  readonly #sources = new Map<string, string>()

  /** Remembers `result`. True: the same bytes were delivered before, for another source. */
  isReused(result: Uint8Array, source: string): boolean {
    const key = fingerprint(result)
    const before = this.#sources.get(key)
    this.#sources.delete(key)
    this.#sources.set(key, source)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > REMEMBERED && oldest !== undefined) this.#sources.delete(oldest)
    return before !== undefined && before !== source
  }

  get size(): number {
    return this.#sources.size
  }
}

/** Cheap: its length and the hash of its beginning. */
export function fingerprint(bytes: Uint8Array): string {
  return `${bytes.length} ${hash('sha256', bytes.subarray(0, SAMPLE_BYTES), 'base64')}`
}
