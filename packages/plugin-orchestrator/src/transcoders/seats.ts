/** The sessions that work with one transcoder, with what a segment of each costs. */
export class Seats {
  readonly #pixels = new Map<string, number>()
  /** To encode one segment of each, pixels. */
  #sum = 0

  get size(): number {
    return this.#pixels.size
  }

  has(sessionId: string): boolean {
    return this.#pixels.has(sessionId)
  }

  /** To encode one segment of each but this one, pixels. */
  pixelsBeside(sessionId: string): number {
    return this.#sum - (this.#pixels.get(sessionId) ?? 0)
  }

  take(sessionId: string, pixels: number): void {
    this.#sum += pixels - (this.#pixels.get(sessionId) ?? 0)
    this.#pixels.set(sessionId, pixels)
  }

  /** False: it had none. */
  free(sessionId: string): boolean {
    this.#sum -= this.#pixels.get(sessionId) ?? 0
    return this.#pixels.delete(sessionId)
  }
}
