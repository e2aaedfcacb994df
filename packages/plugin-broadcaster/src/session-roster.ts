import type { Clock, PayerView, SessionOutcome, SessionView } from '@livepeer-node/sdk'
import type { OrchestratorSession } from './session.ts'
import { Suspensions } from './suspensions.ts'

/** A session as the status page shows it. */
export interface PooledSession extends Omit<SessionView, 'stake'> {
  readonly stake?: string
  readonly suspended: boolean
  readonly draining: boolean
  /** How it stands with it; absent: the work is free. */
  readonly payment?: PayerView
}

export interface RosterParts {
  readonly clock: Clock
  /** The session is over and nothing of it is out any more. */
  readonly ended: (session: OrchestratorSession, outcome: SessionOutcome) => void
}

/** The sessions of one stream, one per orchestrator, and which of them are welcome. */
export class SessionRoster {
  readonly #parts: RosterParts
  readonly #sessions = new Map<string, OrchestratorSession>()
  /** Taken out, with segments still out. */
  readonly #leaving = new Map<OrchestratorSession, SessionOutcome>()
  readonly #suspensions: Suspensions

  constructor(parts: RosterParts) {
    this.#parts = parts
    this.#suspensions = new Suspensions(parts.clock)
  }

  get size(): number {
    return this.#sessions.size
  }

  /** How much is remembered. */
  get registries(): { sessions: number; leaving: number; suspensions: number } {
    return { sessions: this.#sessions.size, leaving: this.#leaving.size, suspensions: this.#suspensions.size }
  }

  all(): OrchestratorSession[] {
    return [...this.#sessions.values()]
  }

  with(orchestrator: string): OrchestratorSession | undefined {
    return this.#sessions.get(orchestrator)
  }

  has(session: OrchestratorSession): boolean {
    return this.#sessions.get(session.orchestrator) === session
  }

  add(session: OrchestratorSession): void {
    this.#sessions.set(session.orchestrator, session)
  }

  /** It ends when its last segment is back. */
  remove(session: OrchestratorSession, outcome: SessionOutcome): void {
    this.#sessions.delete(session.orchestrator)
    if (session.segmentsInFlight > 0) this.#leaving.set(session, outcome)
    else this.#parts.ended(session, outcome)
  }

  release(session: OrchestratorSession, seq: number): void {
    session.finish(seq)
    const outcome = this.#leaving.get(session)
    if (!outcome || session.segmentsInFlight > 0) return
    this.#leaving.delete(session)
    this.#parts.ended(session, outcome)
  }

  /** Returns for how long its orchestrator sits out, ms. */
  suspend(session: OrchestratorSession): number {
    return this.#suspensions.suspend(session.orchestrator)
  }

  /** Its orchestrator did well. */
  clear(session: OrchestratorSession): void {
    this.#suspensions.clear(session.orchestrator)
  }

  isSuspended({ orchestrator }: OrchestratorSession): boolean {
    return this.#suspensions.isSuspended(orchestrator)
  }

  /** Those that are welcome and stay; if there are none, those that drain; else who sits out for the shortest time. */
  usable(): OrchestratorSession[] {
    const staying = this.staying()
    if (staying.length > 0) return staying
    const sessions = this.all()
    const left = sessions.map(({ orchestrator }) => this.#suspensions.msLeft(orchestrator))
    const least = Math.min(...left)
    return sessions.filter((_, i) => left[i] === least)
  }

  /** Neither suspended nor about to leave. */
  staying(): OrchestratorSession[] {
    return this.all().filter((session) => !session.draining && !this.isSuspended(session))
  }

  /** For the status page. */
  views(): PooledSession[] {
    return this.all().map((session) => {
      const { stake, ...view } = session.view()
      const suspended = this.isSuspended(session)
      const payment = session.payer?.view?.()
      return {
        ...view,
        ...(stake !== undefined && { stake: stake.toString() }),
        suspended,
        draining: session.draining,
        ...(payment && { payment }),
      }
    })
  }

  /** The stream is over. */
  close(): void {
    for (const session of this.all()) this.remove(session, 'ended')
    for (const [session, outcome] of this.#leaving) this.#parts.ended(session, outcome)
    this.#leaving.clear()
  }
}
