/** Bodies in hand, all together. A token costs nothing, and each brings up to 300 MB. */
const MAX_HELD_BYTES = 1 << 30

/** What one request holds of the room. */
export interface Held {
  /** False: there is no room for so many more bytes. */
  add(bytes: number): boolean
  release(): void
}

/** Memory for the bodies of all requests. */
export class Room {
  readonly #held = new Map<object, number>()
  #left: number

  constructor(bytes = MAX_HELD_BYTES) {
    this.#left = bytes
  }

  /** `by`: who sends it. All that one holds may be no more than is left for the others, so that nobody fills it alone. */
  hold(by?: object): Held {
    let held = 0
    const count = (bytes: number) => {
      held += bytes
      this.#left -= bytes
      if (by) this.#charge(by, bytes)
    }
    return {
      add: (bytes) => {
        const own = by ? (this.#held.get(by) ?? 0) + bytes : 0
        if (own + bytes > this.#left) return false
        count(bytes)
        return true
      },
      release: () => count(-held),
    }
  }

  #charge(by: object, bytes: number): void {
    const own = (this.#held.get(by) ?? 0) + bytes
    if (own > 0) this.#held.set(by, own)
    else this.#held.delete(by)
  }
}
