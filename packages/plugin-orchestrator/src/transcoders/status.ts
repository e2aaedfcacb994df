import type { Attached } from './attached.ts'
import type { Entry } from './ledger.ts'

/** An attached transcoder as an operator sees it. */
export interface TranscoderStatus {
  readonly id: string
  readonly name: string
  readonly address: string
  /** The name of its token; absent: it has the shared secret. */
  readonly token?: string
  /** Of its software; absent: it did not say. */
  readonly version?: string
  readonly devices: readonly { readonly backend: string; readonly id: string; readonly name: string }[]
  /** Sessions that it takes as it declared, as it shows, and that it has. */
  readonly declared: number
  readonly capacity: number
  readonly load: number
  /** Segments in hand. */
  readonly jobs: number
  /** Encoded pixels per ms. */
  readonly pixelsPerMs?: number
  /** Of its latest segments, time taken over duration. */
  readonly ratioP50?: number
  readonly ratioP95?: number
  /** Of its connection, ms. */
  readonly roundTripMs: number
  readonly late: boolean
  readonly draining: boolean
  /** ms since 1970; absent: it is not. */
  readonly suspendedUntil?: number
  readonly segments: number
  readonly unused: number
  /** By error code. */
  readonly errors: Readonly<Record<string, number>>
}

export function transcoderStatus(one: Attached, entry: Entry, suspendedUntil: number | undefined): TranscoderStatus {
  const { pixelsPerMs } = one.speed
  const [p50, p95] = [one.speed.ratio(0.5), one.speed.ratio(0.95)]
  return {
    id: one.id,
    name: one.name,
    address: one.address,
    ...(one.credential !== undefined && { token: one.credential }),
    ...(one.card && { version: one.card.version }),
    devices: one.card?.devices ?? [],
    declared: one.capacity,
    capacity: one.effective.value,
    load: one.seats.size,
    jobs: one.speed.jobs,
    ...(pixelsPerMs !== undefined && { pixelsPerMs: Math.round(pixelsPerMs) }),
    ...(p50 !== undefined && { ratioP50: rounded(p50) }),
    ...(p95 !== undefined && { ratioP95: rounded(p95) }),
    roundTripMs: rounded(one.roundTripMs),
    late: one.late,
    draining: one.draining,
    ...(suspendedUntil !== undefined && { suspendedUntil }),
    segments: entry.segments,
    unused: entry.unused,
    errors: Object.fromEntries(entry.failures),
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
