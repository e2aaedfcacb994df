import { isLivepeerError, type LivepeerError } from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'
import type { Rendition } from './workforce.ts'

export interface Task {
  readonly id: bigint
  readonly result: Promise<readonly Rendition[]>
  /** What comes for it later is dropped. */
  close(): void
}

interface Open {
  readonly transcoder: Attached
  readonly resolve: (renditions: readonly Rendition[]) => void
  readonly reject: (error: LivepeerError) => void
}

/** What attached transcoders are at work on. Ids count from 0 for the life of the process (wire.md §10.2). */
export class Tasks {
  #next = 0n
  readonly #open = new Map<bigint, Open>()

  open(transcoder: Attached): Task {
    const id = this.#next++
    const { promise, resolve, reject } = Promise.withResolvers<readonly Rendition[]>()
    // Whoever opened the task may have stopped waiting for it.
    promise.catch(() => undefined)
    this.#open.set(id, { transcoder, resolve, reject })
    return { id, result: promise, close: () => this.#open.delete(id) }
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
    task.transcoder.late = false
    if (isLivepeerError(answer)) task.reject(answer)
    else task.resolve(answer)
  }
}
