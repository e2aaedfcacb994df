import { randomInt } from 'node:crypto'
import { isLivepeerError, type LivepeerError } from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'
import type { Rendition } from './workforce.ts'

/** What a transcoder answered. */
export type Answer = { readonly renditions: readonly Rendition[] } | { readonly error: LivepeerError }

export interface Task {
  readonly id: bigint
  readonly answer: Promise<Answer>
  /** What comes for it later is dropped. */
  close(): void
}

interface Open {
  readonly transcoder: Attached
  readonly resolve: (answer: Answer) => void
}

/**
 * What attached transcoders are at work on. Ids count up for the life of the process (wire.md §10.2), but not from 0: what
 * transcoders still have in hand from before a restart must not pass for the result of another task.
 */
export class Tasks {
  #next = BigInt(randomInt(2 ** 47))
  readonly #open = new Map<bigint, Open>()

  get size(): number {
    return this.#open.size
  }

  open(transcoder: Attached): Task {
    const id = this.#next++
    const { promise, resolve } = Promise.withResolvers<Answer>()
    this.#open.set(id, { transcoder, resolve })
    return { id, answer: promise, close: () => this.#open.delete(id) }
  }

  /** Who works on it; `undefined` for a task that is unknown, delivered or given up. */
  ownerOf(id: bigint): Attached | undefined {
    return this.#open.get(id)?.transcoder
  }

  /** The first answer counts; one for a task that is not open is dropped. */
  settle(id: bigint, answer: readonly Rendition[] | LivepeerError): void {
    const task = this.#open.get(id)
    if (!task) return
    this.#open.delete(id)
    task.transcoder.hasAnswered()
    task.resolve(isLivepeerError(answer) ? { error: answer } : { renditions: answer })
  }
}
