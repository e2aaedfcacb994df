import type { Entry } from './entry.ts'

export interface WindowLimits {
  /** Entries in a playlist. */
  readonly listed: number
  /** Entries kept behind those, for players that read an older playlist. */
  readonly spare: number
  /** Bytes of media kept; the newest entry is kept even when it alone is larger. */
  readonly maxBytes: number
}

/** The last entries of a stream. Bounded in number and in bytes. */
export class SlidingWindow {
  readonly #limits: WindowLimits
  readonly #entries: Entry[] = []
  #bytes = 0

  constructor(limits: WindowLimits) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  /** All that is kept, oldest first. */
  get kept(): readonly Entry[] {
    return this.#entries
  }

  /** What playlists list, oldest first. */
  get listed(): readonly Entry[] {
    return this.#entries.slice(-this.#limits.listed)
  }

  get newest(): Entry | undefined {
    return this.#entries.at(-1)
  }

  find(seq: number): Entry | undefined {
    const first = this.#entries[0]
    return first && this.#entries[seq - first.seq]
  }

  /** Adds the newest entry. Returns true when bytes, not numbers, make the playlist shorter than it should be. */
  push(entry: Entry): boolean {
    this.#entries.push(entry)
    this.#bytes += sizeOf(entry)
    const most = this.#limits.listed + this.#limits.spare
    while (this.#entries.length > most) this.#dropOldest()
    let squeezed = false
    while (this.#bytes > this.#limits.maxBytes && this.#entries.length > 1) {
      this.#dropOldest()
      squeezed = this.#entries.length < this.#limits.listed
    }
    return squeezed
  }

  clear(): void {
    this.#entries.length = 0
    this.#bytes = 0
  }

  #dropOldest(): void {
    const oldest = this.#entries.shift()
    if (oldest) this.#bytes -= sizeOf(oldest)
  }
}

function sizeOf(entry: Entry): number {
  let bytes = 0
  for (const media of entry.media.values()) bytes += media.bytes.byteLength
  return bytes
}
