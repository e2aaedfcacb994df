import { SESSION_QUEUE } from '@livepeer-node/protocol'

/** A session as the default strategy sees it. */
export interface Contestant {
  /** Took the segment before this one. */
  readonly last: boolean
  readonly latencyScore: number | undefined
  readonly segmentsInFlight: number
  /** How long its oldest segment has been out, ms. */
  readonly oldestMs: number
}

export interface Choice<T extends Contestant> {
  readonly chosen: T
  readonly reason: string
}

/** Keeps up with the stream (media.md §7.4). */
const GOOD_SCORE = 1
/** An orchestrator runs one segment of a session and lets some wait (wire.md §11). */
const ORCHESTRATOR_QUEUE = 1 + SESSION_QUEUE
/** More than this many at a slow orchestrator only wait there, and time out. */
const SLOW_QUEUE = 2
/** One that took so long for the last one has no time for two: a call is given up at a score of 4 (wire.md §6.4). */
const OVERLOADED_SCORE = 2

/**
 * The default strategy: stay while it keeps up; else the best that kept up before, else one not tried yet, which `pick` chooses,
 * else the best known. When all are busy, queue at the least loaded, within reason. `undefined`: wait until a session is free.
 */
export function choose<T extends Contestant>(
  sessions: readonly T[],
  durationMs: number,
  pick: (untried: readonly T[]) => T | undefined = (untried) => untried[0],
): Choice<T> | undefined {
  const last = sessions.find((session) => session.last)
  if (last && keepsUp(last, durationMs)) return { chosen: last, reason: 'keeps up' }
  const idle = sessions.filter((session) => session.segmentsInFlight === 0)
  const known = idle.filter((session) => session.latencyScore !== undefined).toSorted(byScore)
  const best = known[0]
  if (best && score(best) <= GOOD_SCORE) return { chosen: best, reason: 'best score' }
  const untried = pick(idle.filter((session) => session.latencyScore === undefined))
  if (untried) return { chosen: untried, reason: 'not tried yet' }
  if (best) return { chosen: best, reason: 'best of slow ones' }
  const queue = sessions.filter(hasRoom).toSorted(byLoad)[0]
  return queue && { chosen: queue, reason: 'all are busy' }
}

/** Idle and good, or its oldest segment is not overdue yet. */
function keepsUp(session: Contestant, durationMs: number): boolean {
  if (session.segmentsInFlight === 0) return score(session) <= GOOD_SCORE
  if (isOverloaded(session)) return false
  const overdueMs = durationMs <= 1000 ? 1500 : durationMs
  return session.segmentsInFlight < ORCHESTRATOR_QUEUE && session.oldestMs < overdueMs
}

/** Room for one more, although it is at work. */
function hasRoom(session: Contestant): boolean {
  return !isOverloaded(session) && session.segmentsInFlight < SLOW_QUEUE
}

function isOverloaded({ latencyScore = 0 }: Contestant): boolean {
  return latencyScore >= OVERLOADED_SCORE
}

function score(session: Contestant): number {
  return session.latencyScore ?? Number.POSITIVE_INFINITY
}
function byScore(a: Contestant, b: Contestant): number {
  return score(a) - score(b)
}
function byLoad(a: Contestant, b: Contestant): number {
  return a.segmentsInFlight - b.segmentsInFlight || a.oldestMs - b.oldestMs
}
