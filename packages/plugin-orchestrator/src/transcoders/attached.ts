import { randomUUID } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import {
  type Capabilities,
  type NotifySegment,
  NotifySegmentSchema,
  type TranscoderCard,
} from '@livepeer-node/protocol'

export interface AttachedInit {
  /** Default: the card's, else a random one. */
  readonly id?: string
  /** `host:port` of its connection. */
  readonly address: string
  /** Sessions that it takes at once, as it declared. */
  readonly capacity: number
  readonly capabilities: Capabilities
  /** What it says of itself; a transcoder of another make says nothing. */
  readonly card?: TranscoderCard | undefined
  /** The name of the token that it attached with; absent: it has the shared secret. */
  readonly credential?: string | undefined
}

/** A transcoder that holds its registration open. */
export class Attached {
  /** Unique among those that are attached. */
  readonly id: string
  /** Of its token, else what it calls itself, else its address; for logs and metrics. */
  readonly name: string
  readonly address: string
  /** Sessions that it takes at once, as it declared. */
  readonly capacity: number
  readonly capabilities: Capabilities
  readonly card: TranscoderCard | undefined
  readonly credential: string | undefined
  /** It let a segment wait for too long and has delivered none since: others are asked first. */
  late = false
  /** It will leave: it gets no new session, and those that it has go elsewhere as soon as they can. */
  draining = false
  readonly #left = new AbortController()
  #queue: NotifySegment[] = []
  #wake: () => void = () => undefined

  constructor(init: AttachedInit) {
    this.id = init.id ?? init.card?.id ?? randomUUID()
    this.name = init.credential ?? init.card?.name ?? init.address
    this.address = init.address
    this.capacity = init.capacity
    this.capabilities = init.capabilities
    this.card = init.card
    this.credential = init.credential
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
