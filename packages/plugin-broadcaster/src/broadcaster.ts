import {
  type Clock,
  type Ladder,
  type Logger,
  type Publication,
  type PublishDecision,
  type PublishRequest,
  type Stream,
  within,
} from '@livepeer-node/sdk'
import { checkRenditionNames } from '@livepeer-node/protocol'
import { draining, streamExists, streamLimit, tooSlowForMore } from './errors.ts'
import type { LiveStream } from './live-stream.ts'
import { checkPlaybackId, randomPlaybackId } from './playback-id.ts'
import type { StreamKeys } from './stream-keys.ts'
import type { Upkeep } from './upkeep.ts'

/** How long a publisher that comes back waits for its own former stream to finish. */
const SUCCESSION_MS = 10_000

export interface BroadcasterParts {
  readonly clock: Clock
  readonly log: Logger
  readonly keys: StreamKeys
  readonly maxSessions: number | 'auto'
  readonly upkeep: Pick<Upkeep, 'slowness'>
  readonly ladder: Ladder
  /** `ingest.authorize`. */
  readonly authorize: (request: PublishRequest) => Promise<PublishDecision | undefined>
  /** `ingest.plan`. */
  readonly plan: (ladder: Ladder, request: PublishRequest) => Promise<Ladder>
  readonly makeStream: (stream: Stream) => LiveStream
}

/** Who may publish, and what is live. */
export class Broadcaster {
  readonly #parts: BroadcasterParts
  readonly #streams = new Map<string, LiveStream>()
  #draining = false

  constructor(parts: BroadcasterParts) {
    this.#parts = parts
  }

  /** Accepts a publisher, or throws the refusal; a refused one leaves the others as they are. */
  async publish(request: PublishRequest): Promise<Publication> {
    if (this.#draining) throw draining()
    const { clock, plan, makeStream } = this.#parts
    const admitted = await this.#admit(request)
    const ladder = await plan(admitted.ladder, request)
    checkRenditionNames(ladder)
    const { id } = admitted
    await this.#formerIsGone(id)
    this.#checkRoom(id)
    const live = makeStream({ id, protocol: request.protocol, ladder, startedAt: clock.now() })
    this.#streams.set(id, live)
    void live.closed.then(() => this.#streams.delete(id))
    return live.open()
  }

  /** No new streams; the live ones are ended, and finish what they have. At the deadline they finish without renditions. */
  async drain(deadline: AbortSignal): Promise<void> {
    this.#draining = true
    const streams = [...this.#streams.values()]
    if (streams.length > 0) this.#parts.log.info('draining', { streams: streams.length })
    const giveUp = () => {
      for (const live of streams) live.giveUp(draining())
    }
    deadline.addEventListener('abort', giveUp, { once: true })
    if (deadline.aborted) giveUp()
    await Promise.all(streams.map((live) => live.end(draining(), 'drained')))
    deadline.removeEventListener('abort', giveUp)
  }

  /** The node stops, drained or not: nothing may go on. */
  abandon(): void {
    this.#draining = true
    for (const live of this.#streams.values()) live.abandon(draining())
  }

  status(): { limit: number | 'auto'; streams: Record<string, unknown>[] } {
    return { limit: this.#parts.maxSessions, streams: [...this.#streams.values()].map((live) => live.status()) }
  }

  /** An authorising plugin's word counts; without one the stream keys decide. */
  async #admit(request: PublishRequest): Promise<{ id: string; ladder: Ladder }> {
    const decision = await this.#parts.authorize(request)
    if (decision && !decision.allow) throw decision.error
    const named = decision ? (decision.playbackId ?? request.playbackId) : this.#parts.keys.admit(request)
    const id = named === undefined ? randomPlaybackId() : checkPlaybackId(named)
    return { id, ladder: decision?.ladder ?? this.#parts.ladder }
  }

  /** A publisher that lost its connection comes back while its last segments are still on their way. */
  async #formerIsGone(id: string): Promise<void> {
    const former = this.#streams.get(id)
    if (!former?.closing) return
    const { clock } = this.#parts
    await within({ clock, ms: SUCCESSION_MS, error: () => streamExists(id) }, () => former.closed)
  }

  #checkRoom(id: string): void {
    if (this.#draining) throw draining()
    if (this.#streams.has(id)) throw streamExists(id)
    const { maxSessions, upkeep } = this.#parts
    const live = this.#streams.size
    if (maxSessions !== 'auto') {
      if (live >= maxSessions) throw streamLimit(live, maxSessions)
      return
    }
    // The first stream says nothing of what two would need: there is always room for one.
    const slowness = live > 0 ? upkeep.slowness() : undefined
    if (slowness) throw tooSlowForMore(live, slowness)
  }
}
