import {
  BACKEND_LOST,
  isLivepeerError,
  type SourceSegment,
  type TranscodeResult,
  type TranscodeSession,
} from '@livepeer-node/sdk'
import { percentile } from './percentile.ts'
import { bestOf, nextSessions } from './search.ts'
import {
  type CapacityInit,
  type CapacityResult,
  type CapacityStep,
  type MeasuredSegment,
  REAL_TIME_RATIO,
} from './types.ts'

/**
 * How many sessions at once does this machine keep up with? Runs one, then more, each session with its next segment as soon
 * as the last one is done: that is the load of real streams whose segments come at the same moments. What counts is the mean,
 * not p95: it is what the field compares, and of few segments p95 is the one hiccup. Sessions stay open from step to
 * step; a new one transcodes a segment that does not count first, and one whose card fails goes on where it is opened now.
 * Rejects with what a session fails with otherwise, and with the signal's reason; all sessions are closed either way.
 */
export async function measureCapacity(init: CapacityInit): Promise<CapacityResult> {
  const measurement = new Measurement(init)
  try {
    return await measurement.run()
  } finally {
    await measurement.close()
  }
}

interface Sample extends MeasuredSegment {
  readonly backend: string
  readonly pixels: number
}

class Measurement {
  readonly #init: CapacityInit
  readonly #ratio: number
  readonly #sessions: TranscodeSession[] = []
  readonly #steps: CapacityStep[] = []
  readonly #startedAt: number
  #max: number
  #limitedBy: CapacityResult['limitedBy'] = 'speed'

  constructor(init: CapacityInit) {
    if (init.segments.length === 0) throw new RangeError('there is nothing to measure with')
    this.#init = init
    this.#ratio = init.ratio ?? REAL_TIME_RATIO
    this.#max = init.sessions ?? init.maxSessions
    this.#startedAt = init.clock.monotonic()
  }

  async run(): Promise<CapacityResult> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      await this.#open(next)
      this.#init.onStepStart?.(this.#sessions.length)
      const step = await this.#step()
      this.#steps.push(step)
      this.#init.onStep?.(step)
    }
    const best = bestOf(this.#steps, this.#ratio) ?? this.#steps[0]
    if (!best) throw new RangeError('nothing was measured')
    const { sessions, ratio, pixelsPerMs } = best
    if (this.#limitedBy === 'speed' && ratio <= this.#ratio && sessions >= this.#max) this.#limitedBy = 'maximum'
    return { sessions, ratio, pixelsPerMs, limitedBy: this.#limitedBy, steps: this.#steps }
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map((session) => session.close()))
  }

  #next(): number | undefined {
    const { sessions, precision = 'exact', budgetMs = Number.POSITIVE_INFINITY, clock } = this.#init
    if (sessions !== undefined) return this.#steps.length === 0 ? sessions : undefined
    const next = nextSessions(this.#steps, { ratio: this.#ratio, max: this.#max, exact: precision === 'exact' })
    if (next === undefined || this.#steps.length === 0) return next
    if (clock.monotonic() - this.#startedAt <= budgetMs) return next
    this.#limitedBy = 'time'
    return undefined
  }

  /** Opens or closes sessions until there are `count`, fewer where the backends are full; new ones are warmed up. */
  async #open(count: number): Promise<void> {
    const { signal } = this.#init
    await Promise.all(this.#sessions.splice(count).map((session) => session.close()))
    const first = this.#sessions.length
    while (this.#sessions.length < count) {
      signal.throwIfAborted()
      try {
        this.#sessions.push(await this.#openOne(this.#sessions.length))
      } catch (error) {
        const isFull = !signal.aborted && isLivepeerError(error) && error.kind === 'limit'
        if (this.#sessions.length === 0 || !isFull) throw error
        this.#max = this.#sessions.length
        this.#limitedBy = 'backends'
        break
      }
    }
    const fresh = this.#sessions.slice(first).map((_, index) => this.#transcode(first + index, this.#segment(0)))
    await Promise.all(fresh)
  }

  #openOne(index: number): Promise<TranscodeSession> {
    const { open, ladder, signal } = this.#init
    return open({ sessionId: `measure-${index}`, ladder, provider: '' }, signal)
  }

  async #transcode(index: number, segment: SourceSegment): Promise<TranscodeResult & { readonly backend: string }> {
    const { signal } = this.#init
    // There are as many as this index says.
    const session = this.#sessions[index] as TranscodeSession
    try {
      return { ...(await session.transcode(segment, signal)), backend: session.backend }
    } catch (error) {
      if (!isLivepeerError(error) || error.code !== BACKEND_LOST) throw error
      await session.close()
      const next = await this.#openOne(index)
      this.#sessions[index] = next
      return { ...(await next.transcode(segment, signal)), backend: next.backend }
    }
  }

  async #step(): Promise<CapacityStep> {
    const { rounds = () => this.#init.segments.length } = this.#init
    const count = Math.max(1, rounds(this.#sessions.length))
    const work = this.#sessions.map((_, index) => this.#runSession(index, count))
    return summary((await Promise.all(work)).flat(), this.#sessions)
  }

  async #runSession(index: number, count: number): Promise<Sample[]> {
    const { clock, onSegment } = this.#init
    const samples: Sample[] = []
    for (let segment = 0; segment < count; segment += 1) {
      const source = this.#segment(segment)
      const startedAt = clock.monotonic()
      const { renditions, backend } = await this.#transcode(index, { ...source, seq: segment + 1 })
      const elapsedMs = clock.monotonic() - startedAt
      const measured = {
        session: index,
        segment,
        durationMs: source.durationMs,
        elapsedMs,
        frames: renditions[0]?.frames ?? 0,
      }
      const pixels = renditions.reduce((total, rendition) => total + rendition.pixels, 0)
      samples.push({ ...measured, backend, pixels })
      onSegment?.(measured)
    }
    return samples
  }

  #segment(index: number): SourceSegment {
    const { segments } = this.#init
    // The constructor saw to it that there is one.
    return segments[index % segments.length] as SourceSegment
  }
}

function summary(samples: readonly Sample[], sessions: readonly TranscodeSession[]): CapacityStep {
  const elapsed = samples.map(({ elapsedMs }) => elapsedMs)
  const backends = Object.groupBy(samples, ({ backend }) => backend)
  const ratios = Object.values(backends).map((group = []) => sum(group, 'elapsedMs') / sum(group, 'durationMs'))
  const perSession = Object.values(Object.groupBy(samples, ({ session }) => session))
  const speeds = perSession.map((own = []) => sum(own, 'pixels') / Math.max(1, sum(own, 'elapsedMs')))
  return {
    sessions: sessions.length,
    segments: samples.length,
    inTime: samples.filter(({ elapsedMs, durationMs }) => elapsedMs <= durationMs).length,
    p50Ms: percentile(elapsed, 0.5),
    p95Ms: percentile(elapsed, 0.95),
    p99Ms: percentile(elapsed, 0.99),
    ratio: Math.max(...ratios),
    pixelsPerMs: speeds.reduce((total, speed) => total + speed, 0),
    backends: countBy(sessions.map(({ backend }) => backend)),
  }
}

function sum(samples: readonly Sample[], key: 'elapsedMs' | 'durationMs' | 'pixels'): number {
  return samples.reduce((total, sample) => total + sample[key], 0)
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
