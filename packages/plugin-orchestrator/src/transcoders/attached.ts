import { create } from '@bufbuild/protobuf'
import { type Capabilities, type NotifySegment, NotifySegmentSchema } from '@livepeer-node/protocol'

/** A transcoder that holds its registration open. */
export class Attached {
  /** Its address, for logs. */
  readonly name: string
  /** Sessions that it takes at once. */
  readonly capacity: number
  readonly capabilities: Capabilities
  /** It let a segment wait for too long and has delivered none since: others are asked first. */
  late = false
  readonly #left = new AbortController()
  #queue: NotifySegment[] = []
  #wake: () => void = () => undefined

  constructor(init: { name: string; capacity: number; capabilities: Capabilities }) {
    this.name = init.name
    this.capacity = init.capacity
    this.capabilities = init.capabilities
  }

  /** Aborts when it is gone, whoever ended it. */
  get left(): AbortSignal {
    return this.#left.signal
  }

  notify(message: Omit<NotifySegment, '$typeName'>): void {
    this.#queue.push(create(NotifySegmentSchema, message))
    this.#wake()
  }

  /** What is sent to it, as it comes; ends when it leaves or is sent home. */
  async *notifications(): AsyncGenerator<NotifySegment> {
    for (;;) {
      yield* this.#queue.splice(0)
      if (this.#left.signal.aborted) return
      if (this.#queue.length > 0) continue
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
  }

  /** Its stream of notifications ends, which its side reads as OK: never CANCELLED, after which it would not come back. */
  leave(): void {
    this.#left.abort()
    this.#wake()
  }
}
