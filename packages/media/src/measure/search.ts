import type { CapacityStep } from './types.ts'

/** A step grows no more than this: the trend of few sessions says little of many. */
const MAX_GROWTH = 4
/** Sessions on top that are not worth another quick step, as a share. */
const SMALL_GAIN = 0.1

type Point = Pick<CapacityStep, 'sessions' | 'ratio'>

export interface SearchLimits {
  /** The highest ratio that is good. */
  readonly ratio: number
  readonly max: number
  readonly exact: boolean
}

/** Most sessions that were measured to be good. */
export function bestOf<P extends Point>(steps: readonly P[], ratio: number): P | undefined {
  const good = steps.filter((step) => step.ratio <= ratio)
  return good.toSorted((a, b) => b.sessions - a.sessions)[0]
}

/** How many sessions to measure next; `undefined` when the answer is known. */
export function nextSessions(steps: readonly Point[], limits: SearchLimits): number | undefined {
  if (steps.length === 0) return 1
  const good = bestOf(steps, limits.ratio)
  if (!good) return undefined // not even one keeps up
  const bad = steps.filter(({ ratio }) => ratio > limits.ratio).toSorted((a, b) => a.sessions - b.sessions)[0]
  return bad ? between(good, bad, limits) : beyond(good, steps, limits)
}

/** With all cores busy time grows with the sessions: the share of `bad` that fits is the answer, or above it. */
function between(good: Point, bad: Point, { ratio, exact }: SearchLimits): number | undefined {
  if (bad.sessions - good.sessions <= 1) return undefined
  const guess = Math.floor((bad.sessions * ratio) / bad.ratio)
  if (!exact && isSmallGain(good.sessions, guess)) return undefined
  return Math.min(Math.max(guess, good.sessions + 1), bad.sessions - 1)
}

/** Along the line through the last two steps; from a single one as if time grew with the sessions, which is the worst. */
function beyond(good: Point, steps: readonly Point[], { ratio, max, exact }: SearchLimits): number | undefined {
  if (good.sessions >= max) return undefined
  const before = bestOf(
    steps.filter(({ sessions }) => sessions < good.sessions),
    ratio,
  )
  const from = before ?? { sessions: 0, ratio: 0 }
  const slope = (good.ratio - from.ratio) / (good.sessions - from.sessions)
  const farthest = good.sessions * MAX_GROWTH
  const trend = slope > 0 ? good.sessions + Math.floor((ratio - good.ratio) / slope) : farthest
  // One session alone may leave cores idle, whatever its own ratio is.
  if (!exact && good.sessions > 1 && isSmallGain(good.sessions, trend)) return undefined
  return Math.min(Math.max(trend, good.sessions + 1), farthest, max)
}

function isSmallGain(sessions: number, more: number): boolean {
  return more <= sessions * (1 + SMALL_GAIN)
}
