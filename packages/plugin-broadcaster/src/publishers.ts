import {
  type Clock,
  type CloseReason,
  type LivepeerError,
  type Logger,
  type PublishedSegment,
  type Publisher,
  within,
} from '@livepeer-node/sdk'
import { publisherFailed, publisherStuck } from './errors.ts'

/** Longest time for one segment in one publisher. */
const PUBLISH_MS = 10_000
/** Segments that may wait for a slow publisher. */
const MAX_QUEUE = 16

/** Hands each segment to every publisher, in order. One that fails or hangs harms neither the others nor the stream. */
export class Publishers {
  readonly #queues: readonly PublisherQueue[]

  constructor(publishers: readonly Publisher[], parts: { readonly clock: Clock; readonly log: Logger }) {
    this.#queues = publishers.map((publisher) => new PublisherQueue(publisher, parts))
  }

  /** Resolves when all have it. */
  async publish(segment: PublishedSegment): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.publish(segment)))
  }

  /** Resolves when all have all, and know that no more comes. */
  async end(reason: CloseReason): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.end(reason)))
  }
}

class PublisherQueue {
  readonly #publisher: Publisher
  readonly #clock: Clock
  readonly #log: Logger
  #tail: Promise<void> = Promise.resolve()
  #length = 0
  #out = false

  constructor(publisher: Publisher, { clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#publisher = publisher
    this.#clock = clock
    this.#log = log
  }

  publish(segment: PublishedSegment): Promise<void> {
    if (this.#length >= MAX_QUEUE) this.#leaveOut(publisherStuck(PUBLISH_MS), segment.seq)
    return this.#enqueue(() => this.#publisher.publish(segment), segment.seq)
  }

  end(reason: CloseReason): Promise<void> {
    return this.#enqueue(() => this.#publisher.end(reason), undefined)
  }

  #enqueue(work: () => Promise<void>, seq: number | undefined): Promise<void> {
    if (this.#out) return Promise.resolve()
    this.#length += 1
    this.#tail = this.#tail
      .then(() => (this.#out ? undefined : this.#run(work, seq)))
      .finally(() => {
        this.#length -= 1
      })
    return this.#tail
  }

  async #run(work: () => Promise<void>, seq: number | undefined): Promise<void> {
    const stuck = publisherStuck(PUBLISH_MS)
    try {
      await within({ clock: this.#clock, ms: PUBLISH_MS, error: () => stuck }, async () => work())
    } catch (thrown) {
      // It is still at work on this one, and must not be called again.
      if (thrown === stuck) this.#leaveOut(stuck, seq)
      else this.#tell(publisherFailed(thrown), seq)
    }
  }

  #leaveOut(error: LivepeerError, seq: number | undefined): void {
    if (this.#out) return
    this.#out = true
    this.#tell(error, seq)
  }

  #tell(error: LivepeerError, seq: number | undefined): void {
    this.#log.error('publishing failed', { seq, code: error.code, reason: error.message, error })
  }
}
