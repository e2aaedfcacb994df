import { type Clock, type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { endsBuying } from './buying.ts'
import type { OrchestratorSession, SessionInfo } from './session.ts'
import { unfit } from './wire-errors.ts'

/** After a renewal that failed while the old token is still good. */
const RENEW_AGAIN_MS = 10_000

export interface RenewalParts {
  readonly clock: Clock
  readonly log: Logger
  readonly renew: (session: OrchestratorSession) => Promise<SessionInfo>
  /** The session goes on as another one. */
  readonly replace: (session: OrchestratorSession, next: OrchestratorSession) => void
  readonly drop: (session: OrchestratorSession, error: LivepeerError) => void
}

/** Looks before each segment whether a session can still be used and paid, and renews it where it cannot (wire.md §4.4). */
export class Renewal {
  readonly #parts: RenewalParts
  #renewAt = 0

  constructor(parts: RenewalParts) {
    this.#parts = parts
  }

  /**
   * The session with a token and terms that will last; `undefined`: it has none any more and was dropped.
   * @throws what no orchestrator can be paid for (`LP_SENDER_…`)
   */
  async ready(session: OrchestratorSession): Promise<OrchestratorSession | undefined> {
    try {
      const isStale = (await session.payer?.check()) === 'stale'
      if (!isStale && !this.#isOld(session)) return session
      return await this.#renewed(session, isStale)
    } catch (thrown) {
      const error = toLivepeerError(thrown)
      if (endsBuying(error)) throw error
      this.#parts.drop(session, error)
      return undefined
    }
  }

  #isOld(session: OrchestratorSession): boolean {
    const now = this.#parts.clock.now()
    return session.needsRefresh(now) && (now >= this.#renewAt || session.isExpired(now))
  }

  /** Where only the token grows old, the session is good for some time even when its renewal fails. */
  async #renewed(session: OrchestratorSession, isStale: boolean): Promise<OrchestratorSession> {
    const { clock, log, renew, replace } = this.#parts
    const startedAt = clock.now()
    let info: SessionInfo
    try {
      info = await renew(session)
    } catch (thrown) {
      if (isStale || session.isExpired(clock.now())) throw thrown
      this.#renewAt = startedAt + RENEW_AGAIN_MS
      const { orchestrator, sessionId, latencyScore } = session
      const { code, message: reason } = toLivepeerError(thrown)
      log.warn('session not renewed yet', { orchestrator, sessionId, code, reason, latencyScore })
      return session
    }
    const next = session.successor(info, clock.now())
    await payable(next)
    replace(session, next)
    log.debug('session renewed', { orchestrator: next.orchestrator, sessionId: next.sessionId })
    return next
  }
}

/** New terms that are past already would be asked for again and again. */
async function payable({ payer, orchestrator }: OrchestratorSession): Promise<void> {
  try {
    if ((await payer?.check()) !== 'stale') return
  } catch (thrown) {
    payer?.close()
    throw thrown
  }
  payer?.close()
  throw unfit(orchestrator, 'its new terms for tickets are past already, by the L1 block that is known here')
}
