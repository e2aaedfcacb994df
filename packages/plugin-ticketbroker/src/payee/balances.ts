import { Rational, toHex } from '@livepeer-node/protocol'
import type { Clock } from '@livepeer-node/sdk'

/** A session that is not paid for this long is forgotten, with its credit and its price (payments.md A10). ms. */
export const BALANCE_LIFE_MS = 10 * 60_000

/** Whose session it is. */
export interface SessionKey {
  /** 20 bytes. */
  readonly sender: Uint8Array
  readonly sessionId: string
}

/** What a session has paid and not used; wei. */
export interface SessionBalance extends SessionKey {
  readonly amount: Rational
  /** Wei per pixel, what it was at the first payment. */
  readonly price: Rational
  /** ms since 1970. */
  readonly touchedAt: number
}

/** The balances of all sessions, exact (payments.md A10). Keeps nothing on disk: whoever changes one does. */
export class Balances {
  readonly #clock: Clock
  readonly #sessions = new Map<string, SessionBalance>()

  constructor(clock: Clock, known: readonly SessionBalance[] = []) {
    this.#clock = clock
    for (const balance of known) this.set(balance)
  }

  get size(): number {
    return this.#sessions.size
  }

  get(session: SessionKey): SessionBalance | undefined {
    return this.#sessions.get(sessionKey(session))
  }

  /** What the session would have with this much more, or less; one that has none begins with this price. */
  plus(session: SessionKey, change: Rational, price: Rational): SessionBalance {
    const { sender, sessionId } = session
    const before = this.get(session)
    return {
      sender,
      sessionId,
      amount: before ? before.amount.plus(change) : change,
      price: before?.price ?? price,
      touchedAt: this.#clock.now(),
    }
  }

  set(balance: SessionBalance): void {
    this.#sessions.set(sessionKey(balance), balance)
  }

  /** Forgets sessions that nobody has paid or used for long. */
  forgetIdle(): void {
    const oldest = this.#clock.now() - BALANCE_LIFE_MS
    for (const [key, { touchedAt }] of this.#sessions) if (touchedAt < oldest) this.#sessions.delete(key)
  }
}

/** As text, for maps. */
export function sessionKey({ sender, sessionId }: SessionKey): string {
  return `${toHex(sender)} ${sessionId}`
}
