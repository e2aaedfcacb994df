import { randomUUID } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import {
  type Capabilities,
  type NotifySegment,
  NotifySegmentSchema,
  type TranscoderCard,
} from '@livepeer-node/protocol'
import type { Clock } from '@livepeer-node/sdk'
import { EffectiveCapacity } from './effective-capacity.ts'
import { Seats } from './seats.ts'
import { Speed } from './speed.ts'

/** How long a transcoder that was late and has not answered since stays a last choice, ms; twice as long each time. */
const LATE_MS = 60_000
const LONGEST_LATE_MS = 8 * LATE_MS
/** Job, fetching of the source, and result each cross the wire; in round trips. */
const ROUND_TRIPS = 2

export interface AttachedInit {
  /** Default: the card's, else a random one. */
  readonly id?: string
  /** Default: of its token, else what it calls itself, else its address. */
  readonly name?: string
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
  /** Unique among those that are attached; for logs and metrics. */
  readonly name: string
  readonly address: string
  /** Sessions that it takes at once, as it declared. */
  readonly capacity: number
  readonly capabilities: Capabilities
  readonly card: TranscoderCard | undefined
  /** The name of its token. */
  readonly credential: string | undefined
  /** The sessions that work with it. */
  readonly seats = new Seats()
  readonly speed: Speed
  /** What it takes as its deliveries show. */
  readonly effective: EffectiveCapacity
  /** It will leave: it gets no new session, and those that it has go elsewhere as soon as they can. */
  draining = false
  /** Segments that it has in hand and that are late. */
  overdue = 0
  /** Segments in a row that it could not do and others could. */
  failures = 0
  /** Monotonic ms of its latest answer, good or bad; of its coming before the first. */
  answeredAt: number
  /** Monotonic ms when it attached. */
  readonly since: number
  readonly #clock: Clock
  readonly #left = new AbortController()
  #roundTrips: readonly number[] = []
  #lateSince: number | undefined
  #lateMs = 0
  #queue: NotifySegment[] = []
  #wake: () => void = () => undefined

  constructor(init: AttachedInit, clock: Clock) {
    this.#clock = clock
    this.id = init.id ?? init.card?.id ?? randomUUID()
    this.name = init.name ?? init.credential ?? init.card?.name ?? init.address
    this.address = init.address
    this.capacity = init.capacity
    this.capabilities = init.capabilities
    this.card = init.card
    this.credential = init.credential
    this.speed = new Speed(clock)
    const { speed } = this
    this.effective = new EffectiveCapacity({ declared: () => init.capacity, ratio: () => speed.ratio(0.95), clock })
    this.since = clock.monotonic()
    this.answeredAt = this.since
  }

  /** Aborts when it is gone, whoever ended it. */
  get left(): AbortSignal {
    return this.#left.signal
  }

  /** It let a segment wait for too long and has answered none since: others are asked first. */
  get late(): boolean {
    return this.#lateSince !== undefined && this.#clock.monotonic() - this.#lateSince < this.#lateMs
  }

  /** Of its connection, ms. A busy machine answers late now and then: the better of the last two counts. */
  get roundTripMs(): number {
    return this.#roundTrips.length > 0 ? Math.min(...this.#roundTrips) : 0
  }

  /** Monotonic ms since when it is late. */
  get lateSince(): number | undefined {
    return this.#lateSince
  }

  learnRoundTrip(ms: number): void {
    this.#roundTrips = [...this.#roundTrips.slice(-1), ms]
  }

  /** What goes into messages to and fro for one segment, ms. */
  get overheadMs(): number {
    return ROUND_TRIPS * this.roundTripMs
  }

  isLate(): void {
    if (!this.late) this.#lateMs = Math.min(LONGEST_LATE_MS, Math.max(LATE_MS, 2 * this.#lateMs))
    this.#lateSince = this.#clock.monotonic()
  }

  hasAnswered(): void {
    this.#lateSince = undefined
    this.#lateMs = 0
    this.answeredAt = this.#clock.monotonic()
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
