import { untilAborted } from '@livepeer-node/sdk'

/** One at a time, in the order of asking. */
export class Lock {
  #tail: Promise<unknown> = Promise.resolve()

  /** Who gives up by its signal while it waits is passed over. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#tail
    const turn = before.then(() => {
      signal.throwIfAborted()
      return work()
    })
    this.#tail = turn.catch(() => {})
    return untilAborted(turn, signal)
  }
}
