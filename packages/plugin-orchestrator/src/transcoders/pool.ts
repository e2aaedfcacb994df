import { randomUUID } from 'node:crypto'
import { type Capabilities, capacitiesOf, CapacityTally, transcoderIncompatibility } from '@livepeer-node/protocol'
import type { Clock, LivepeerError, Logger } from '@livepeer-node/sdk'
import { capabilitiesMessage, OWN_CAPABILITIES } from '../capabilities.ts'
import { Attached, type AttachedInit } from './attached.ts'
import { crowded, noneAvailable, noneCapable } from './errors.ts'

/** A capacity is found at 0.8 of real time; a session that would be lost otherwise may use the rest. */
const HEADROOM = 1.25
/** Registrations with one credential at once. More than any fleet has; one that attaches for ever must not fill the memory. */
const MAX_PER_CREDENTIAL = 500

/** Who could do a job. */
export interface Need {
  /** The job's; absent: nothing special. */
  readonly capabilities: Capabilities | undefined
  /** Those that were tried already. */
  readonly except: ReadonlySet<Attached>
  /** Its session has had a transcoder already: rather than lose it, others take one more than they should. */
  readonly known: boolean
  /**
   * Only those that are better off than one that keeps a segment waiting since then (monotonic ms): they let none wait, and
   * have nothing in hand or have answered meanwhile. Where all are slow at once there is none, and nothing is made worse.
   */
  readonly livelySince?: number | undefined
}

export interface PoolInit {
  readonly version: string
  readonly clock: Clock
  readonly log: Logger
  /** It gets no work for a while. */
  readonly isSuspended: (transcoder: Attached) => boolean
}

/** The attached transcoders (wire.md §10.5). */
export class TranscoderPool {
  readonly #init: PoolInit
  readonly #tally = new CapacityTally(OWN_CAPABILITIES)
  /** In order of arrival. */
  readonly #attached = new Set<Attached>()
  readonly #watchers = new Set<() => void>()

  constructor(init: PoolInit) {
    this.#init = init
  }

  get size(): number {
    return this.#attached.size
  }

  get watchers(): number {
    return this.#watchers.size
  }

  /** In order of arrival. */
  get all(): readonly Attached[] {
    return [...this.#attached]
  }

  /** Sessions that all take together, as they show it. One that is late keeps what it has, and gets no more. */
  get capacity(): number {
    const takes = this.all.filter((one) => this.#takes(one))
    return takes.reduce((sum, { effective, late, seats }) => {
      return sum + (late ? Math.min(seats.size, effective.value) : effective.value)
    }, 0)
  }

  get capabilities(): Capabilities {
    return capabilitiesMessage(this.#tally, this.#init.version)
  }

  /** Throws `LP_REGISTER_CROWDED` where no more can attach with this credential. */
  assertRoomFor(credential: string | undefined): void {
    const count = this.all.filter((one) => one.credential === credential).length
    if (count >= MAX_PER_CREDENTIAL) throw crowded(count, MAX_PER_CREDENTIAL)
  }

  /** The attached one with this id. */
  find(id: string | undefined): Attached | undefined {
    return this.all.find((one) => one.id === id)
  }

  /**
   * Lets a transcoder in. One that says it is the same process as one that is here takes that one's place: its old
   * connection is dead and nobody noticed. Under another credential the id is only borrowed, and it gets one of its own.
   */
  admit(init: AttachedInit): Attached {
    const same = this.find(init.card?.id)
    const borrowed = same !== undefined && same.credential !== init.credential
    if (same && !borrowed) this.detach(same, 'it attached anew')
    const name = this.#freeName(init.credential ?? init.card?.name ?? init.address)
    const transcoder = new Attached({ ...init, name, ...(borrowed && { id: randomUUID() }) }, this.#init.clock)
    this.#attached.add(transcoder)
    this.#tally.add(capacitiesOf(transcoder.capabilities))
    const { id, address, capacity, card } = transcoder
    const fields = { transcoder: name, id, address, capacity, version: card?.version }
    this.#init.log.info('transcoder attached', { ...fields, attached: this.#attached.size })
    this.#tellWatchers()
    return transcoder
  }

  /** It is gone, or is sent home; calling it twice is harmless. Its sessions work with others from now on. */
  detach(transcoder: Attached, why: string): void {
    if (!this.#attached.delete(transcoder)) return
    this.#tally.remove(capacitiesOf(transcoder.capabilities))
    transcoder.leave()
    this.#init.log.info('transcoder gone', { transcoder: transcoder.name, why, attached: this.#attached.size })
  }

  /** It takes no new session from now on; those that it has move with their next segment, if somebody else can take them. */
  drain(transcoder: Attached): void {
    if (transcoder.draining) return
    transcoder.draining = true
    const { name, seats } = transcoder
    this.#init.log.info('transcoder drains', { transcoder: name, sessions: seats.size })
  }

  /** All that attached with this token. */
  detachCredential(credential: string, why: string): void {
    for (const one of this.#attached) if (one.credential === credential) this.detach(one, why)
  }

  detachAll(why: string): void {
    for (const transcoder of this.#attached) this.detach(transcoder, why)
  }

  /** The session works with it from now on. */
  seat(transcoder: Attached, sessionId: string, pixels: number): void {
    transcoder.seats.take(sessionId, pixels)
  }

  /** The session's place there is free again. False: it had none. */
  unseat(transcoder: Attached, sessionId: string): boolean {
    const had = transcoder.seats.free(sessionId)
    if (had) this.#tellWatchers()
    return had
  }

  isSuspended(transcoder: Attached): boolean {
    return this.#init.isSuspended(transcoder)
  }

  /** Those that could take the job now, the newest first. */
  candidates(need: Need): readonly Attached[] {
    const able = this.#able(need).filter((one) => this.#takes(one) && isLively(one, need.livelySince))
    const free = able.filter(({ seats, effective }) => seats.size < effective.value)
    if (!need.known || free.some(({ late }) => !late)) return free
    return able.filter((one) => free.includes(one) || one.seats.size < Math.floor(one.capacity * HEADROOM))
  }

  /** Why there is none. */
  missing(need: Need): LivepeerError {
    const able = this.#able(need)
    if (this.size > 0 && able.length === 0) return noneCapable(this.size)
    return noneAvailable({
      attached: this.size,
      full: able.filter(({ seats, effective }) => seats.size >= effective.value).length,
      draining: able.filter(({ draining }) => draining).length,
      suspended: able.filter((one) => this.isSuspended(one)).length,
    })
  }

  /** Calls `look` whenever somebody may have room; returns its undo. */
  watch(look: () => void): () => void {
    this.#watchers.add(look)
    return () => this.#watchers.delete(look)
  }

  /** Several of one host, or with one token, are told apart by a number. */
  #freeName(wanted: string): string {
    const taken = new Set(this.all.map(({ name }) => name))
    if (!taken.has(wanted)) return wanted
    let number = 2
    while (taken.has(`${wanted}-${number}`)) number += 1
    return `${wanted}-${number}`
  }

  #able({ capabilities, except }: Need): Attached[] {
    return this.all
      .filter((one) => !except.has(one) && !transcoderIncompatibility(capabilities, one.capabilities))
      .toReversed()
  }

  #takes(one: Attached): boolean {
    return !one.draining && !this.isSuspended(one)
  }

  #tellWatchers(): void {
    for (const look of this.#watchers) look()
  }
}

function isLively({ late, overdue, speed, answeredAt }: Attached, since: number | undefined): boolean {
  return since === undefined || (!late && overdue === 0 && (speed.jobs === 0 || answeredAt > since))
}
