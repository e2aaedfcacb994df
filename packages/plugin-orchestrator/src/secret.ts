import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares without telling by its time how much was right. */
export class SharedSecret {
  readonly #digest: Buffer | undefined

  /** Without a text nothing matches. */
  constructor(text: string | undefined) {
    this.#digest = text === undefined ? undefined : digest(text)
  }

  matches(offered: string): boolean {
    return this.#digest !== undefined && timingSafeEqual(this.#digest, digest(offered))
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
