import type { DispatchReason } from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'

/** Where a session works, and what is known of its segments. */
export interface Home {
  /** Who has it; `undefined` after a segment that nobody delivered. */
  readonly transcoder: Attached | undefined
  /** Why it looks for another one, where it has none. */
  readonly why: DispatchReason
  /** Of the session's last segment there, time taken over duration; `undefined` before the first. */
  readonly ratio: number | undefined
  /** Encoded pixels per ms of the session's last segment; `undefined` before the first was delivered by anybody. */
  readonly pixelRate: number | undefined
}

const NOWHERE: Home = { transcoder: undefined, why: 'new', ratio: undefined, pixelRate: undefined }

/** Which session works with which transcoder. A session is known here from its first segment until it ends. */
export class Homes {
  readonly #homes = new Map<string, Home>()

  get size(): number {
    return this.#homes.size
  }

  /** `undefined`: the session has never had a transcoder. */
  of(sessionId: string): Home | undefined {
    return this.#homes.get(sessionId)
  }

  settle(sessionId: string, transcoder: Attached): void {
    const before = this.#homes.get(sessionId) ?? NOWHERE
    if (before.transcoder !== transcoder) this.#homes.set(sessionId, { ...before, transcoder, ratio: undefined })
  }

  /** The session's transcoder delivered. */
  learn(sessionId: string, { ratio, pixelRate }: { ratio: number; pixelRate: number }): void {
    const before = this.#homes.get(sessionId)
    if (before) this.#homes.set(sessionId, { ...before, ratio, pixelRate })
  }

  /** It has no transcoder any more; its next segment may go to anybody. */
  leave(sessionId: string, why: DispatchReason): void {
    const before = this.#homes.get(sessionId)
    if (before) this.#homes.set(sessionId, { ...before, transcoder: undefined, why, ratio: undefined })
  }

  forget(sessionId: string): void {
    this.#homes.delete(sessionId)
  }
}
