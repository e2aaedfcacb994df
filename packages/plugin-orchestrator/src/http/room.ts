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
  #left: number

  constructor(bytes = MAX_HELD_BYTES) {
    this.#left = bytes
  }

  hold(): Held {
    let held = 0
    return {
      add: (bytes) => {
        if (bytes > this.#left) return false
        held += bytes
        this.#left -= bytes
        return true
      },
      release: () => {
        this.#left += held
        held = 0
      },
    }
  }
}
