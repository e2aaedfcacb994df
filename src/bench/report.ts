import type { CapacityResult, CapacityStep } from '@livepeer-node/media'

/** A step, with what it took of the machine. */
export interface BenchStep extends CapacityStep {
  /** Of one core, of the whole process tree; `undefined` where the system does not tell. */
  readonly cpuPercent: number | undefined
  readonly rssBytes: number | undefined
}

const COLUMNS: readonly (readonly [name: string, text: (step: BenchStep) => string])[] = [
  ['sessions', ({ sessions }) => String(sessions)],
  ['segments', ({ segments }) => String(segments)],
  ['in time', ({ inTime }) => String(inTime)],
  ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(0)],
  ['p95 ms', ({ p95Ms }) => p95Ms.toFixed(0)],
  ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(0)],
  ['ratio', ({ ratio }) => ratio.toFixed(3)],
  ['CPU %', ({ cpuPercent }) => cpuPercent?.toFixed(0) ?? '-'],
  ['RSS MB', ({ rssBytes }) => (rssBytes === undefined ? '-' : (rssBytes / 1e6).toFixed(0))],
]
const WIDTH = 9

export function tableHead(): string {
  return COLUMNS.map(([name]) => name.padStart(WIDTH)).join('')
}

export function tableRow(step: BenchStep): string {
  return COLUMNS.map(([, text]) => text(step).padStart(WIDTH)).join('')
}

/** What the operator came for. `fixed`: a number of sessions was given. */
export function answerText(result: CapacityResult, { limit, fixed }: { limit: number; fixed: boolean }): string {
  const { sessions, ratio, pixelsPerMs, limitedBy, steps } = result
  const at = `ratio ${ratio.toFixed(3)}, ${(pixelsPerMs / 1000).toFixed(1)} million pixels per second`
  if (fixed) {
    const verdict = ratio <= limit ? 'within' : 'above'
    return `${plural(steps[0]?.sessions ?? sessions)} at once: ${at}, ${verdict} the limit of ${limit}.`
  }
  if (ratio > limit) return `Not one session keeps up here: ratio ${ratio.toFixed(3)}, the limit is ${limit}.`
  const end = {
    speed: 'one more is too many',
    backends: 'the backends take no more (slots, sessions per card)',
    maximum: 'no more were asked for',
    time: 'the time was up',
  }[limitedBy]
  return `${plural(sessions)} at once (${at}); ${end}.\nlivepeer transcoder --max-sessions ${sessions}`
}

function plural(sessions: number): string {
  return sessions === 1 ? '1 session' : `${sessions} sessions`
}
