import { DOWNLOAD_MS } from '@livepeer-node/protocol'
import type { Clock } from '@livepeer-node/sdk'
import type { Session } from './session.ts'

/**
 * Before the deadline, segments are refused while there is still somebody to refuse them: a broadcaster that does not
 * know of drains sends each one elsewhere at once, which it could not with one that is lost with the process.
 */
const RESERVE_SHARE = 0.25
const LONGEST_RESERVE_MS = 8000
/** A stream whose next segment is this many lengths overdue is over, or somewhere else. */
const SILENT_SEGMENTS = 3
const SHORTEST_SILENCE_MS = 3000
/** Tokens that were handed out so shortly before the drain are for sessions that are just about to begin, ms. */
const JUST_ISSUED_MS = 15_000
/** How often it is looked whether all have left, ms. */
const LOOK_MS = 100

/**
 * `draining`: sessions go on until they end or move; `closing`: the deadline is near, their segments are refused.
 */
export type Phase = 'open' | 'draining' | 'closing'

export interface LeaveTakingInit {
  /** Aborts when time is up. */
  readonly deadline: AbortSignal
  /** Time until then, ms. */
  readonly graceMs: number
  readonly clock: Clock
  /** Has the session renditions that nobody has fetched yet? */
  readonly hasUnread: (sessionId: string) => boolean
  readonly sessions: () => readonly Session[]
  readonly onClosing: () => void
}

/** The end of an orchestrator, from the first word of it until nobody needs it any more. */
export class LeaveTaking {
  readonly #init: LeaveTakingInit
  readonly #startedAt: number
  #closing = false

  constructor(init: LeaveTakingInit) {
    this.#init = init
    this.#startedAt = init.clock.now()
  }

  get phase(): 'draining' | 'closing' {
    return this.#closing ? 'closing' : 'draining'
  }

  /** May a session begin whose token was issued then (ms since 1970)? Its broadcaster could not know. */
  admits(issuedAt: number): boolean {
    return !this.#closing && issuedAt <= this.#startedAt && issuedAt >= this.#startedAt - JUST_ISSUED_MS
  }

  /** Sessions that a drain waits for. */
  get staying(): number {
    return this.#init.sessions().filter((session) => !this.#hasLeft(session)).length
  }

  /** Resolves when every session has ended, moved or fallen silent, and at the deadline. */
  async done(): Promise<void> {
    const { clock, deadline, graceMs, onClosing } = this.#init
    const cancel = Number.isFinite(graceMs)
      ? clock.after(graceMs - Math.min(graceMs * RESERVE_SHARE, LONGEST_RESERVE_MS), () => {
          this.#closing = true
          onClosing()
        })
      : undefined
    while (!deadline.aborted && this.staying > 0) {
      await clock.sleep(LOOK_MS, deadline).catch(() => undefined)
    }
    cancel?.()
    this.#closing = true
  }

  #hasLeft({ id, pending, idleMs, segmentMs, refused }: Session): boolean {
    if (pending > 0) return false
    if (idleMs > Math.max(SILENT_SEGMENTS * segmentMs, SHORTEST_SILENCE_MS)) return true
    return refused && (!this.#init.hasUnread(id) || idleMs > DOWNLOAD_MS)
  }
}
