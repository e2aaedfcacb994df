import { type AuthToken, encodeMessage, type OrchestratorInfo, OrchestratorInfoSchema } from '@livepeer-node/protocol'
import type { Candidate, Payer, SessionView } from '@livepeer-node/sdk'

/** Share of a token's life at which it is renewed: the last tenth (wire.md §4.4). */
const REFRESH_SHARE = 0.1
/**
 * By its id a session is renewed up to this share of its token's life earlier: those that began together would otherwise all
 * begin anew at the same moment, each with a cold encoder.
 */
const REFRESH_SPREAD = 0.3
/** No segment counts as shorter than this for the latency score (media.md §7.4). */
const SCORE_FLOOR_MS = 1500

/** An `OrchestratorInfo` that can be worked with. */
export type SessionInfo = OrchestratorInfo & { readonly authToken: AuthToken }

export interface SessionInit {
  readonly info: SessionInfo
  readonly candidate: Candidate
  /** ms since 1970. */
  readonly now: number
  /** Absent: the work is free. */
  readonly payer?: Payer | undefined
}

/** One stream's session with one orchestrator: its credential, what is under way, how fast it has been. */
export class OrchestratorSession {
  readonly candidate: Candidate
  /** Where everything after discovery goes: the URI that the orchestrator gave, not the one that was asked (wire.md §4.3). */
  readonly orchestrator: string
  /** Its orchestrator has said that it is about to leave. */
  draining = false
  readonly #started = new Map<number, number>()
  #info: SessionInfo
  #payer: Payer | undefined
  readonly #obtainedAt: number
  #latencyScore: number | undefined

  constructor({ info, candidate, now, payer }: SessionInit) {
    this.candidate = candidate
    this.orchestrator = info.transcoder
    this.#info = info
    this.#payer = payer
    this.#obtainedAt = now
  }

  get info(): SessionInfo {
    return this.#info
  }

  /** Pays for its segments; `undefined`: the work is free, or the session goes on as another one. */
  get payer(): Payer | undefined {
    return this.#payer
  }

  get sessionId(): string {
    return this.#info.authToken.sessionId
  }

  get latencyScore(): number | undefined {
    return this.#latencyScore
  }

  get segmentsInFlight(): number {
    return this.#started.size
  }

  /** When the segment that is out for longest was begun; `undefined`: none is out. */
  get oldestStart(): number | undefined {
    return this.#started.size === 0 ? undefined : Math.min(...this.#started.values())
  }

  view(): SessionView {
    return Object.freeze({
      sessionId: this.sessionId,
      orchestrator: this.orchestrator,
      trusted: this.candidate.trusted,
      latencyScore: this.#latencyScore,
      segmentsInFlight: this.segmentsInFlight,
      ...(this.#payer && { price: this.#payer.price }),
      ...(this.candidate.stake !== undefined && { stake: this.candidate.stake }),
    })
  }

  begin(seq: number, now: number): void {
    this.#started.set(seq, now)
  }

  finish(seq: number): void {
    this.#started.delete(seq)
  }

  /** `tookMs`: upload, transcode and result together. */
  score(tookMs: number, durationMs: number): void {
    this.#latencyScore = tookMs / Math.max(SCORE_FLOOR_MS, durationMs)
  }

  /** Is the token near enough to its end to be renewed? `now` in ms since 1970. */
  needsRefresh(now: number): boolean {
    const expiresAt = Number(this.#info.authToken.expiration) * 1000
    const life = Math.max(0, expiresAt - this.#obtainedAt)
    return now > expiresAt - life * (REFRESH_SHARE + REFRESH_SPREAD * spreadOf(this.sessionId))
  }

  isExpired(now: number): boolean {
    return now > Number(this.#info.authToken.expiration) * 1000
  }

  /** The session that goes on in its place with a new token; what is out is finished, and was paid, under the old one. */
  successor(info: SessionInfo, now: number): OrchestratorSession {
    const next = new OrchestratorSession({ info, candidate: this.candidate, now, payer: this.#payer })
    next.#latencyScore = this.#latencyScore
    this.#payer?.update(encodeMessage(OrchestratorInfoSchema, info))
    this.#payer = undefined
    return next
  }

  /** What came with a result replaces what is stored, when it is about this same session (wire.md §4.4). */
  update(info: OrchestratorInfo): void {
    if (!isUsable(info) || info.transcoder !== this.orchestrator || info.authToken.sessionId !== this.sessionId) return
    this.#info = info
    this.#payer?.update(encodeMessage(OrchestratorInfoSchema, info))
  }
}

/** Has it a token and an address to send segments to? */
export function isUsable(info: OrchestratorInfo): info is SessionInfo {
  return info.transcoder !== '' && info.authToken !== undefined
}

/** 0 to 1, the same for the same id: orchestrators make them of random hex digits. */
function spreadOf(sessionId: string): number {
  return (Number.parseInt(sessionId.slice(0, 2), 16) || 0) / 255
}
