import type { Clock, LivepeerError, Logger } from '@livepeer-node/sdk'

/** Whom a suspension is about. */
export interface Suspect {
  /** For logs. */
  readonly name: string
  /** `host:port` of its connection. */
  readonly address: string
  /** The name of its token; `undefined`: it knows the shared secret. */
  readonly credential: string | undefined
  /** What it says it is; its id tells processes on one machine apart. */
  readonly card?: { readonly id: string } | undefined
}

/** A suspension that runs. */
export interface SuspensionView {
  readonly name: string
  /** The code of what it did. */
  readonly code: string
  /** ms since 1970. */
  readonly until: number
}

interface Entry {
  readonly name: string
  readonly code: string
  readonly lengthMs: number
  /** Monotonic ms. */
  readonly until: number
}

const FIRST_MS = 30_000
const LONGEST_MS = 600_000
/** Offenders to remember; one that invents a new identity each time must not fill the memory. */
const REMEMBERED = 500
/** After this long without another strike the next one counts as the first, ms. */
const FORGIVEN_MS = 600_000

/** Transcoders that get no work for a while, because of what they delivered: longer each time. */
export class Suspensions {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #entries = new Map<string, Entry>()

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock
    this.#log = log
  }

  /** Records what it did. While it is suspended already, more of the same changes nothing: it was asked before that. */
  strike(suspect: Suspect, error: LivepeerError): void {
    const now = this.#clock.monotonic()
    this.#forget(now)
    const key = keyOf(suspect)
    const before = this.#entries.get(key)
    if (before && before.until > now) return
    const lengthMs = before ? Math.min(before.lengthMs * 2, LONGEST_MS) : FIRST_MS
    const { name } = suspect
    this.#entries.delete(key)
    this.#entries.set(key, { name, code: error.code, lengthMs, until: now + lengthMs })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > REMEMBERED && oldest !== undefined) this.#entries.delete(oldest)
    const until = new Date(this.#clock.now() + lengthMs).toISOString()
    this.#log.warn('transcoder suspended: it gets no work for a while', { transcoder: name, until, lengthMs, error })
  }

  /** ms since 1970; `undefined`: it is not suspended. */
  until(suspect: Suspect): number | undefined {
    const entry = this.#entries.get(keyOf(suspect))
    const left = entry ? entry.until - this.#clock.monotonic() : 0
    return left > 0 ? this.#clock.now() + left : undefined
  }

  /** Those that run now. */
  list(): readonly SuspensionView[] {
    const now = this.#clock.monotonic()
    this.#forget(now)
    return [...this.#entries.values()]
      .filter(({ until }) => until > now)
      .map(({ name, code, until }) => ({ name, code, until: this.#clock.now() + until - now }))
  }

  /** Remembered offenders, those whose time is over included. */
  get size(): number {
    return this.#entries.size
  }

  #forget(now: number): void {
    for (const [key, { until }] of this.#entries) if (until + FORGIVEN_MS <= now) this.#entries.delete(key)
  }
}

/**
 * A token is one transcoder. Behind the shared secret there may be several on one machine, or behind one router: where
 * they say which they are, one does not pay for the others.
 */
function keyOf({ credential, address, card }: Suspect): string {
  if (credential !== undefined) return `token ${credential}`
  const host = address.slice(0, address.lastIndexOf(':'))
  return `host ${host} ${card?.id ?? ''}`
}
