const KEPT_BYTES = 8192

/** The last 8 KiB of what a worker writes to stderr. */
export class LogTail {
  #text = ''
  #total = 0

  add(chunk: Buffer): void {
    const text = chunk.toString('latin1')
    this.#total += text.length
    this.#text = (this.#text + text).slice(-KEPT_BYTES)
  }

  /** A place in the log, for `since`. */
  get mark(): number {
    return this.#total
  }

  /** The lines written after `mark`, as far as they are kept. */
  since(mark: number): string[] {
    const fresh = Math.min(this.#total - mark, this.#text.length)
    return fresh === 0 ? [] : lines(this.#text.slice(-fresh))
  }

  get lastLine(): string {
    return lines(this.#text).at(-1) ?? ''
  }
}

function lines(text: string): string[] {
  return text.split(/[\r\n]+/).filter((line) => line.trim() !== '')
}
