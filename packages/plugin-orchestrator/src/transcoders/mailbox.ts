/** What happens, in order, for one who deals with it one by one. */
export class Mailbox<T> {
  readonly #waiting: T[] = []
  #wake: () => void = () => undefined

  put(news: T): void {
    this.#waiting.push(news)
    this.#wake()
  }

  async next(): Promise<T> {
    for (;;) {
      const [news] = this.#waiting.splice(0, 1)
      if (news !== undefined) return news
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
  }
}
