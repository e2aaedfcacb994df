import { randomUUID } from 'node:crypto'
import { type Capabilities, capacitiesOf, CapacityTally, transcoderIncompatibility } from '@livepeer-node/protocol'
import type { Clock, Logger } from '@livepeer-node/sdk'
import { linked } from '../abort.ts'
import { capabilitiesMessage, OWN_CAPABILITIES } from '../capabilities.ts'
import { Attached, type AttachedInit } from './attached.ts'
import { noneAvailable, noneCapable } from './errors.ts'

/** Who could do a job. */
export interface Need {
  readonly sessionId: string
  /** The job's; absent: nothing special. */
  readonly capabilities: Capabilities | undefined
  /** Those that were tried already. */
  readonly except: ReadonlySet<Attached>
}

/** The attached transcoders and which session works with which (wire.md §10.5). */
export class TranscoderPool {
  readonly #init: { readonly version: string; readonly clock: Clock; readonly log: Logger }
  readonly #tally = new CapacityTally(OWN_CAPABILITIES)
  /** In order of arrival. */
  readonly #attached = new Set<Attached>()
  readonly #pins = new Map<string, Attached>()
  readonly #watchers = new Set<() => void>()

  constructor(init: { version: string; clock: Clock; log: Logger }) {
    this.#init = init
  }

  get capacity(): number {
    return [...this.#attached].reduce((sum, { capacity }) => sum + capacity, 0)
  }

  get capabilities(): Capabilities {
    return capabilitiesMessage(this.#tally, this.#init.version)
  }

  list(): readonly { name: string; capacity: number; load: number; late: boolean }[] {
    return [...this.#attached].map((one) => ({
      name: one.name,
      capacity: one.capacity,
      load: this.#load(one),
      late: one.late,
    }))
  }

  /** The attached one with this id. */
  find(id: string | undefined): Attached | undefined {
    return [...this.#attached].find((one) => one.id === id)
  }

  /**
   * Lets a transcoder in. One that says it is the same process as one that is here takes that one's place: its old
   * connection is dead and nobody noticed. Under another credential the id is only borrowed, and it gets one of its own.
   */
  admit(init: AttachedInit): Attached {
    const same = this.find(init.card?.id)
    const borrowed = same !== undefined && same.credential !== init.credential
    if (same && !borrowed) this.detach(same, 'it attached anew')
    const transcoder = new Attached({ ...init, ...(borrowed && { id: randomUUID() }) })
    this.attach(transcoder)
    return transcoder
  }

  attach(transcoder: Attached): void {
    this.#attached.add(transcoder)
    this.#tally.add(capacitiesOf(transcoder.capabilities))
    const { name, capacity } = transcoder
    this.#init.log.info('transcoder attached', { transcoder: name, capacity, attached: this.#attached.size })
    this.#tellWatchers()
  }

  /** It is gone, or is sent home; calling it twice is harmless. Its sessions work with others from now on. */
  detach(transcoder: Attached, why: string): void {
    if (!this.#attached.delete(transcoder)) return
    this.#tally.remove(capacitiesOf(transcoder.capabilities))
    for (const [sessionId, pinned] of this.#pins) if (pinned === transcoder) this.#pins.delete(sessionId)
    transcoder.leave()
    this.#init.log.info('transcoder gone', { transcoder: transcoder.name, why, attached: this.#attached.size })
  }

  /** It takes no new session from now on; those that it has move with their next segment, if somebody else can take them. */
  drain(transcoder: Attached): void {
    if (transcoder.draining) return
    transcoder.draining = true
    const { name } = transcoder
    this.#init.log.info('transcoder drains', { transcoder: name, sessions: this.#load(transcoder) })
  }

  /** All that attached with this token. */
  detachCredential(credential: string, why: string): void {
    for (const one of this.#attached) if (one.credential === credential) this.detach(one, why)
  }

  detachAll(why: string): void {
    for (const transcoder of this.#attached) this.detach(transcoder, why)
  }

  /** The session's own transcoder, or the one with the least load among those that can; throws when there is none. */
  choose(need: Need): Attached {
    const own = this.#pins.get(need.sessionId)
    if (own && !need.except.has(own)) return own
    if (this.#attached.size === 0) throw noneAvailable(0)
    if (this.#capable(need).length === 0) throw noneCapable(this.#attached.size)
    const best = this.#free(need).toSorted((a, b) => this.#rank(a) - this.#rank(b))[0]
    if (!best) throw noneAvailable(this.#attached.size)
    this.#pins.set(need.sessionId, best)
    return best
  }

  /** The session's transcoder, without choosing one. */
  pinned(sessionId: string): Attached | undefined {
    return this.#pins.get(sessionId)
  }

  /** The session works with nobody any more; its next job may go anywhere. */
  unpin(sessionId: string): void {
    if (this.#pins.delete(sessionId)) this.#tellWatchers()
  }

  /** True as soon as somebody could take the job; false when `ms` have passed or `signal` aborts before. */
  async whenFree(need: Need, ms: number, signal: AbortSignal): Promise<boolean> {
    const found = new AbortController()
    const look = () => {
      if (this.#free(need).length > 0) found.abort()
    }
    this.#watchers.add(look)
    look()
    const either = linked(found.signal, signal)
    await this.#init.clock.sleep(ms, either.signal).catch(() => undefined)
    either.release()
    this.#watchers.delete(look)
    return found.signal.aborted
  }

  #capable(need: Need): Attached[] {
    return [...this.#attached].filter(
      (one) => !need.except.has(one) && !transcoderIncompatibility(need.capabilities, one.capabilities),
    )
  }

  /** Newest first: at equal load the one that came last is asked first. */
  #free(need: Need): Attached[] {
    return this.#capable(need)
      .filter((one) => !one.draining && this.#load(one) < one.capacity)
      .toReversed()
  }

  /** Load is below 1 for all that are free, so those that were late come after every other. */
  #rank(transcoder: Attached): number {
    return this.#load(transcoder) / transcoder.capacity + (transcoder.late ? 1 : 0)
  }

  /** Sessions, not jobs. */
  #load(transcoder: Attached): number {
    return [...this.#pins.values()].filter((pinned) => pinned === transcoder).length
  }

  #tellWatchers(): void {
    for (const look of this.#watchers) look()
  }
}
