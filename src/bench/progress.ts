import type { WriteStream } from 'node:tty'

/** How far a step is, on one line of a terminal that is written over and over again. Elsewhere nothing. */
export class Progress implements Disposable {
  readonly #stream: WriteStream | undefined
  #sessions = 0
  #done = 0

  constructor(stream: WriteStream) {
    this.#stream = stream.isTTY ? stream : undefined
  }

  /** One more segment of a step of so many sessions and segments is done. */
  step({ sessions, segments }: { readonly sessions: number; readonly segments: number }): void {
    if (sessions !== this.#sessions) this.#done = 0
    this.#sessions = sessions
    this.#done += 1
    this.#stream?.write(`\r  ${sessions} at once: ${this.#done} of ${segments} segments `)
  }

  /** Prints something where the line was. */
  above(print: () => void): void {
    this[Symbol.dispose]()
    print()
  }

  [Symbol.dispose](): void {
    if (this.#done > 0) this.#stream?.write('\r\u001B[K')
    this.#done = 0
  }
}
