import { type SessionKey, sessionKey } from './balances.ts'

/** Segments that were paid for and not charged yet, by session. */
export class OpenWork {
  readonly #open = new Map<string, number>()

  count(session: SessionKey): number {
    return this.#open.get(sessionKey(session)) ?? 0
  }

  /** One more. Returns what ends it: true at the first call, false afterwards. */
  begin(session: SessionKey): () => boolean {
    const key = sessionKey(session)
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1)
    let isOpen = true
    return () => {
      const wasOpen = isOpen
      isOpen = false
      if (wasOpen) this.#end(key)
      return wasOpen
    }
  }

  #end(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1
    if (left > 0) this.#open.set(key, left)
    else this.#open.delete(key)
  }
}
