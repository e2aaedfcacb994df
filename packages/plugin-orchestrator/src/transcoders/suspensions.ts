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
  /** Monotonic ms when it attached; absent: before anything that it is suspected of. */
  readonly since?: number
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
  readonly since: number
  readonly until: number
}

const FIRST_MS = 30_000
const LONGEST_MS = 600_000
/** Offenders to remember; one that invents a new identity each time must not fill the memory. */
const REMEMBERED = 500
/** After this long without another strike the next one counts as the first, ms. */
const FORGIVEN_MS = 600_000
const LOOPBACK = /^(::ffff:)?127\.|^::1$/

/** Transcoders that get no work for a while, because of what they delivered: longer each time. */
export class Suspensions {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #entries = new Map<string, Entry>()
  /** By host, of those that know the shared secret: an id is quickly changed. */
  readonly #hosts = new Map<string, Entry>()

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
    const { name } = suspect
    const lastMs = Math.max(before?.lengthMs ?? 0, this.#hostOf(suspect)?.lengthMs ?? 0)
    const lengthMs = lastMs > 0 ? Math.min(lastMs * 2, LONGEST_MS) : FIRST_MS
    const entry = { name, code: error.code, lengthMs, since: now, until: now + lengthMs }
    remember(this.#entries, key, entry)
    this.#strikeHost(suspect, entry)
    const until = new Date(this.#clock.now() + lengthMs).toISOString()
    this.#log.warn('transcoder suspended: it gets no work for a while', { transcoder: name, until, lengthMs, error })
  }

  /** ms since 1970; `undefined`: it is not suspended. */
  until(suspect: Suspect): number | undefined {
    const until = Math.max(this.#entries.get(keyOf(suspect))?.until ?? 0, this.#hostOf(suspect)?.until ?? 0)
    const left = until - this.#clock.monotonic()
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
    return this.#entries.size + this.#hosts.size
  }

  #strikeHost(suspect: Suspect, entry: Entry): void {
    const host = namelessHostOf(suspect)
    if (host === undefined) return
    const before = this.#hosts.get(host)
    const runs = before && before.until > entry.since
    // Who came since the first of them is still one of those that may be it.
    remember(
      this.#hosts,
      host,
      runs ? { ...entry, since: before.since, until: Math.max(before.until, entry.until) } : entry,
    )
  }

  /** What somebody did on its host before it attached; those that were there already are not blamed for it. */
  #hostOf(suspect: Suspect): Entry | undefined {
    const host = namelessHostOf(suspect)
    const entry = host === undefined ? undefined : this.#hosts.get(host)
    return entry && (suspect.since ?? 0) > entry.since ? entry : undefined
  }

  #forget(now: number): void {
    for (const entries of [this.#entries, this.#hosts]) {
      for (const [key, { until }] of entries) if (until + FORGIVEN_MS <= now) entries.delete(key)
    }
  }
}

/**
 * A token is one transcoder. Behind the shared secret there may be several on one machine, or behind one router: where
 * they say which they are, one does not pay for the others.
 */
function keyOf({ credential, address, card }: Suspect): string {
  if (credential !== undefined) return `token ${credential}`
  return `host ${hostOf(address)} ${card?.id ?? ''}`
}

/**
 * The host of one that nothing but its own word tells from others there. Not where it is this machine: tunnels end on it,
 * and who starts processes here needs no secret.
 */
function namelessHostOf({ credential, address }: Suspect): string | undefined {
  const host = hostOf(address)
  return credential !== undefined || LOOPBACK.test(host) ? undefined : host
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'))
}

function remember(entries: Map<string, Entry>, key: string, entry: Entry): void {
  entries.delete(key)
  entries.set(key, entry)
  const [oldest] = entries.keys()
  if (entries.size > REMEMBERED && oldest !== undefined) entries.delete(oldest)
}
