import type { Clock } from '@livepeer-node/sdk'

/** How long a segment waits for an orchestrator, to turn up or to have time, before it goes out with its source alone. */
export const PATIENCE_MS = 6000
const FIRST_PAUSE_MS = 250
const MAX_PAUSE_MS = 6000

export interface SupplyParts {
  readonly clock: Clock
  /** The stream's life. */
  readonly signal: AbortSignal
  /** One round of discovery; what it finds is told by `found()`. Never rejects. */
  readonly round: () => Promise<void>
  /** Nobody turned up in time; segments do not wait any more. Called once per dark time. */
  readonly darkened: () => void
}

/**
 * Finds a session for a stream that has none. It searches, with growing pauses, until there is one. Segments wait for
 * it, but not longer than a viewer would: after six seconds without any the stream is "in the dark", and its segments
 * are refused at once while the search goes on.
 */
export class SessionSupply {
  readonly #parts: SupplyParts
  readonly #waiting = new Set<(found: boolean) => void>()
  #searching = false
  #dark = false
  #light = new AbortController()

  constructor(parts: SupplyParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => this.#answer(false), { once: true })
  }

  /** Begins to search unless it does already. */
  search(): void {
    if (this.#searching || this.#parts.signal.aborted) return
    this.#searching = true
    this.#light = new AbortController()
    void this.#search(AbortSignal.any([this.#light.signal, this.#parts.signal])).finally(() => {
      this.#searching = false
      // What was found may be lost again by now.
      if (this.#waiting.size > 0) this.search()
    })
  }

  /** Waits for a session; false: there is none to be had now. */
  wait(): Promise<boolean> {
    this.search()
    if (this.#dark || this.#parts.signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  found(): void {
    this.#dark = false
    this.#light.abort()
    this.#answer(true)
  }

  async #search(over: AbortSignal): Promise<void> {
    const { clock, round } = this.#parts
    const undo = clock.after(PATIENCE_MS, () => this.#darken(over))
    for (let pause = FIRST_PAUSE_MS; !over.aborted; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      await round()
      await clock.sleep(pause, over).catch(() => {})
    }
    undo()
  }

  #darken(over: AbortSignal): void {
    if (over.aborted || this.#dark) return
    this.#dark = true
    this.#parts.darkened()
    this.#answer(false)
  }

  #answer(found: boolean): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve(found)
  }
}
