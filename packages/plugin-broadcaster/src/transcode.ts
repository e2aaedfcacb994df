import type { Clock, LivepeerError, RenditionResult, SegmentAttempt } from '@livepeer-node/sdk'
import { toLivepeerError } from '@livepeer-node/sdk'
import type { AfterFailure, AttemptOutcome, SegmentWork } from './attempt.ts'
import type { OrchestratorSession } from './session.ts'
import type { SessionPool } from './session-pool.ts'

/** Before the same orchestrator is tried again; doubled each time, up to the longest. */
const PAUSE_MS = 250
const LONGEST_PAUSE_MS = 1000

export interface TranscodeParts {
  readonly clock: Clock
  readonly pool: Pick<SessionPool, 'acquire' | 'release' | 'drop' | 'lose' | 'succeeded' | 'isOnly' | 'keep'>
  readonly maxAttempts: number
  readonly attempt: (session: OrchestratorSession, work: SegmentWork) => Promise<AttemptOutcome>
}

export type TranscodeOutcome = { readonly attempts: readonly SegmentAttempt[] } & (
  | { readonly ok: true; readonly renditions: readonly RenditionResult[] }
  | { readonly ok: false; readonly error: LivepeerError }
)

/**
 * Has one segment transcoded, by another orchestrator when one fails, and by the same again when there is no other: a
 * failure costs time, not a hole. (The reference gives the segment up there, wire.md §7.5.) Never rejects.
 */
export async function transcode(parts: TranscodeParts, work: SegmentWork): Promise<TranscodeOutcome> {
  const attempts: SegmentAttempt[] = []
  let failure: LivepeerError | undefined
  let before: string | undefined
  // One that is not there has not tried: as many of them cost no attempt.
  let gone = 0
  for (let n = 0; n < parts.maxAttempts + Math.min(gone, parts.maxAttempts); n++) {
    let session: OrchestratorSession
    try {
      session = await acquire(parts, work)
    } catch (thrown) {
      // What the orchestrators answered tells more than that none is left.
      return { ok: false, error: failure ?? toLivepeerError(thrown), attempts }
    }
    if (session.orchestrator === before) await pause(parts.clock, n, work.signal)
    before = session.orchestrator
    const startedAt = parts.clock.monotonic()
    const outcome = await tryWith(parts, session, work)
    const ms = Math.round(parts.clock.monotonic() - startedAt)
    attempts.push({ orchestrator: session.orchestrator, ms, error: outcome.ok ? undefined : outcome.error.code })
    if (outcome.ok) return { ok: true, renditions: outcome.renditions, attempts }
    failure = outcome.error
    if (outcome.next === 'stop') break
    if (outcome.next === 'gone') gone += 1
  }
  return { ok: false, error: failure ?? toLivepeerError(new Error('maxAttempts allows no attempt')), attempts }
}

function acquire({ pool }: TranscodeParts, work: SegmentWork): Promise<OrchestratorSession> {
  const { seq, durationMs } = work.segment
  return pool.acquire({ seq, durationMs, signal: work.signal })
}

async function tryWith(
  { pool, attempt }: TranscodeParts,
  session: OrchestratorSession,
  work: SegmentWork,
): Promise<AttemptOutcome> {
  const { seq } = work.segment
  try {
    const outcome = await attempt(session, work)
    if (outcome.ok) {
      pool.succeeded(session)
      return outcome
    }
    const next = settle(outcome.next, pool.isOnly(session))
    if (next === 'drop') pool.drop(session, outcome.error, true)
    else if (next === 'gone') pool.lose(session, outcome.error)
    else if (next !== outcome.next) pool.keep(session, outcome.error)
    return { ...outcome, next }
  } catch (thrown) {
    return { ok: false, error: toLivepeerError(thrown), next: 'stop' }
  } finally {
    pool.release(session, seq)
  }
}

/**
 * One that is too slow is left for another. Where there is no other, the session stays: a new one with the same
 * orchestrator would throw away what it is at work on. What it did not take is sent again; what it did not finish would
 * come too late for every viewer a second time.
 */
function settle(next: AfterFailure, only: boolean): AfterFailure {
  if (next !== 'busy' && next !== 'behind') return next
  if (!only) return 'drop'
  return next === 'busy' ? 'keep' : 'stop'
}

/** An aborted segment does not pause; its attempt then ends at once. */
function pause(clock: Clock, n: number, signal: AbortSignal): Promise<void> {
  return clock.sleep(Math.min(PAUSE_MS * 2 ** (n - 1), LONGEST_PAUSE_MS), signal).catch(() => {})
}
