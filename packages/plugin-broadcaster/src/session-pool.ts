import type { Clock, LivepeerError, Logger, SessionOutcome, SessionView } from '@livepeer-node/sdk'
import { untilAborted, within } from '@livepeer-node/sdk'
import { allBehind, noOrchestrator, sessionUnknown } from './errors.ts'
import { Lock } from './lock.ts'
import { choose, type Contestant } from './selection.ts'
import { Renewal } from './renewal.ts'
import type { OrchestratorSession, SessionInfo } from './session.ts'
import { type PooledSession, SessionRoster } from './session-roster.ts'
import { PATIENCE_MS, SessionSupply } from './supply.ts'
import { TopUp } from './top-up.ts'
import { unfit } from './wire-errors.ts'

export interface PoolParts {
  readonly clock: Clock
  readonly log: Logger
  /** The stream's life. */
  readonly signal: AbortSignal
  /** One round of discovery; returns how many candidates were asked. Never rejects. */
  readonly discover: (found: (session: OrchestratorSession) => void) => Promise<number>
  /** `session.select`: `undefined` means wait. */
  readonly select: (sessions: readonly SessionView[]) => Promise<SessionView | undefined>
  /** Which of those that have not been tried is tried next. */
  readonly draw: (untried: readonly SessionView[]) => SessionView | undefined
  readonly renew: (session: OrchestratorSession) => Promise<SessionInfo>
  /** Why nobody can be paid at present; `undefined`: it is worth a try. */
  readonly unpayable: () => LivepeerError | undefined
  /** Told of each new session, to make its connection ready. */
  readonly warm: (session: OrchestratorSession) => void
  /** The session is over; free it at the orchestrator. */
  readonly ended: (session: OrchestratorSession, outcome: SessionOutcome) => void
}

export interface SegmentNeed {
  readonly seq: number
  readonly durationMs: number
  readonly signal: AbortSignal
}

/**
 * The sessions of one stream. Gives each segment the session that shall take it, keeps the pool filled, drops who
 * fails and takes him back later.
 */
export class SessionPool {
  readonly #parts: PoolParts
  readonly #roster: SessionRoster
  readonly #topUp: TopUp
  readonly #supply: SessionSupply
  readonly #renewal: Renewal
  readonly #lock = new Lock()
  #changed = Promise.withResolvers<void>()
  #last: OrchestratorSession | undefined
  #choiceReason = ''
  #durationMs = 0
  #candidates = 0
  #rounds = 0

  constructor(parts: PoolParts) {
    this.#parts = parts
    const { clock, signal, log, ended } = parts
    this.#roster = new SessionRoster({ clock, ended })
    this.#topUp = new TopUp(clock)
    this.#supply = new SessionSupply({
      clock,
      signal,
      round: () => this.#round(),
      darkened: () => this.#darkened(),
    })
    this.#renewal = new Renewal({
      clock,
      log,
      renew: (session) => parts.renew(session),
      replace: (session, next) => this.#replace(session, next),
      drop: (session, error) => this.drop(session, error, true),
    })
  }

  /** Searches before the first segment is there. */
  open(): void {
    this.#supply.search()
  }

  /**
   * The session for this segment, counted as busy with it until `release`. Throws `LP_NO_ORCHESTRATOR`, and
   * `LP_SEGMENT_BACKLOG` when all were busy for longer than a segment waits.
   */
  acquire(need: SegmentNeed): Promise<OrchestratorSession> {
    const giveUpAt = this.#parts.clock.monotonic() + PATIENCE_MS
    return this.#lock.run(need.signal, () => this.#acquire(need, giveUpAt))
  }

  release(session: OrchestratorSession, seq: number): void {
    this.#roster.release(session, seq)
    this.#notify()
  }

  /** Is there no other that is welcome? */
  isOnly(session: OrchestratorSession): boolean {
    return this.#roster.staying().every(({ orchestrator }) => orchestrator === session.orchestrator)
  }

  succeeded(session: OrchestratorSession): void {
    this.#roster.clear(session)
    if (!session.draining) this.#leaveDraining()
  }

  /** It failed and stays, for want of another. */
  keep(session: OrchestratorSession, error: LivepeerError): void {
    this.#parts.log.warn('orchestrator failed, and is kept as the only one', facts(session, error))
  }

  /** It is not there any more, or takes nothing at present: it may be back soon, and is welcome then. */
  lose(session: OrchestratorSession, error: LivepeerError): void {
    this.#topUp.lost()
    this.drop(session, error, false)
  }

  /** Its orchestrator is about to leave: the next segment goes to another one, if there is one. */
  drains(session: OrchestratorSession): void {
    if (session.draining || !this.#roster.has(session)) return
    session.draining = true
    const { orchestrator, sessionId } = session
    this.#parts.log.info('orchestrator drains', { orchestrator, sessionId, others: this.#roster.staying().length })
    this.#topUp.lost()
    this.#fill()
  }

  /** Takes the session out. With `suspend` its orchestrator sits out for a while, unless there is no other. */
  drop(session: OrchestratorSession, error: LivepeerError, suspend: boolean): void {
    if (!this.#roster.has(session)) return
    const suspendedMs = suspend ? this.#roster.suspend(session) : 0
    this.#parts.log.warn('orchestrator dropped', { ...facts(session, error), suspendedMs })
    // Who waits for a session may have it then.
    if (suspend) this.#parts.clock.after(suspendedMs, () => this.#notify())
    this.#remove(session, suspend ? 'suspended' : 'failed')
  }

  /** Takes out all sessions that this finds fault with. */
  dropWhere(fault: (session: OrchestratorSession) => string | undefined): void {
    for (const session of this.#roster.all()) {
      const why = fault(session)
      if (why) this.drop(session, unfit(session.orchestrator, why), false)
    }
  }

  /** The default strategy, over what was offered to `session.select`. */
  prefer(views: readonly SessionView[]): SessionView | undefined {
    const now = this.#parts.clock.monotonic()
    const contestants = views.map((view): Contestant & { view: SessionView } => {
      const session = this.#roster.with(view.orchestrator)
      const { latencyScore, segmentsInFlight } = view
      const last = session !== undefined && session === this.#last
      return { view, last, latencyScore, segmentsInFlight, oldestMs: now - (session?.oldestStart ?? now) }
    })
    const pick = (untried: readonly (Contestant & { view: SessionView })[]) => {
      const drawn = this.#parts.draw(untried.map(({ view }) => view))
      return untried.find(({ view }) => view === drawn)
    }
    const choice = choose(contestants, this.#durationMs, pick)
    if (choice) this.#choiceReason = choice.reason
    return choice?.chosen.view
  }

  /** How much is remembered. */
  get registries(): SessionRoster['registries'] {
    return this.#roster.registries
  }

  /** For the status page. */
  views(): PooledSession[] {
    return this.#roster.views()
  }

  /** The stream is over. */
  close(): void {
    this.#roster.close()
  }

  async #acquire(need: SegmentNeed, giveUpAt: number): Promise<OrchestratorSession> {
    const unready = new Set<string>()
    for (;;) {
      need.signal.throwIfAborted()
      const unpayable = this.#parts.unpayable()
      if (unpayable) throw unpayable
      const usable = this.#roster.usable()
      if (usable.length === 0) {
        await this.#refill(need.signal)
        continue
      }
      const changed = this.#changed.promise
      const chosen = await this.#choose(usable, need)
      const session = chosen && (await this.#renewal.ready(chosen))
      if (session) return this.#hand(session, need)
      // Found again and dropped again: this segment does not wait for it a third time.
      if (chosen && unready.has(chosen.orchestrator)) throw noOrchestrator('none offers terms that can be used')
      if (chosen) unready.add(chosen.orchestrator)
      if (!chosen) await this.#whenChanged(changed, need.signal, giveUpAt)
    }
  }

  /** A segment that waits for longer than a viewer would is given up, so that the ones behind it are not late as well. */
  async #whenChanged(changed: Promise<void>, signal: AbortSignal, giveUpAt: number): Promise<void> {
    const { clock } = this.#parts
    const ms = Math.max(0, giveUpAt - clock.monotonic())
    await within({ clock, ms, error: () => allBehind(this.#roster.size, PATIENCE_MS), signal }, () => changed)
  }

  async #refill(signal: AbortSignal): Promise<void> {
    const found = await untilAborted(this.#supply.wait(), signal)
    const why = this.#candidates === 0 ? 'none is known' : 'none is usable at present'
    if (!found) throw this.#parts.unpayable() ?? noOrchestrator(why)
  }

  #hand(session: OrchestratorSession, need: SegmentNeed): OrchestratorSession {
    if (this.#last !== session) this.#logChange(session, need.seq)
    this.#last = session
    session.begin(need.seq, this.#parts.clock.monotonic())
    this.#fill()
    return session
  }

  async #choose(usable: readonly OrchestratorSession[], need: SegmentNeed): Promise<OrchestratorSession | undefined> {
    this.#durationMs = need.durationMs
    this.#choiceReason = 'chosen by a plugin'
    const view = await this.#parts.select(usable.map((session) => session.view()))
    if (!view) return undefined
    const session = usable.find(({ sessionId }) => sessionId === view.sessionId)
    if (!session) throw sessionUnknown(view.sessionId)
    return session
  }

  /** Another one has taken over, and shown that it works. */
  #leaveDraining(): void {
    for (const session of this.#roster.all()) if (session.draining) this.#remove(session, 'ended')
  }

  #replace(session: OrchestratorSession, next: OrchestratorSession): void {
    this.#remove(session, 'refreshed')
    this.#roster.add(next)
    if (this.#last === session) this.#last = next
  }

  async #round(): Promise<void> {
    this.#rounds += 1
    this.#topUp.searched()
    this.#candidates = await this.#parts.discover((session) => this.#add(session))
    // Now those will do that failed before.
    if (this.#roster.size > 0) this.#supply.found()
  }

  #add(session: OrchestratorSession): void {
    const { orchestrator, sessionId, candidate } = session
    if (this.#roster.with(orchestrator)) return
    this.#roster.add(session)
    this.#parts.log.info('orchestrator found', { orchestrator, sessionId, origin: candidate.origin })
    this.#parts.warm(session)
    if (!this.#roster.isSuspended(session)) this.#supply.found()
    this.#notify()
  }

  #remove(session: OrchestratorSession, outcome: SessionOutcome): void {
    this.#roster.remove(session, outcome)
    this.#notify()
  }

  /** Who is missing is looked for beside the running stream. */
  #fill(): void {
    const staying = this.#roster.all().filter(({ draining }) => !draining)
    if (this.#topUp.isDue(staying.length, this.#candidates)) void this.#round()
  }

  #logChange(session: OrchestratorSession, seq: number): void {
    const from = this.#last
    this.#parts.log.info(from ? 'orchestrator changed' : 'orchestrator chosen', {
      seq,
      ...(from && { from: from.orchestrator, fromScore: from.latencyScore }),
      orchestrator: session.orchestrator,
      score: session.latencyScore,
      reason: this.#choiceReason,
    })
  }

  #darkened(): void {
    if (this.#parts.unpayable()) return
    this.#parts.log.error('no orchestrator can be had; segments go out with their source alone', {
      rounds: this.#rounds,
      candidates: this.#candidates,
    })
  }

  #notify(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

/** For log lines about a session that failed. */
function facts({ orchestrator, sessionId, latencyScore }: OrchestratorSession, error: LivepeerError) {
  return { orchestrator, sessionId, code: error.code, reason: error.message, latencyScore }
}
