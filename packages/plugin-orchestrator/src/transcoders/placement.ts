import {
  type DispatchJob,
  type DispatchReason,
  type Ladder,
  type Logger,
  toLivepeerError,
  type WorkerView,
} from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'
import { verdictForeign } from './errors.ts'

/** Of a profile that takes the source's frames as they come. */
const USUAL_FPS = 30

export interface PlacementInit {
  /** Runs `worker.dispatch`. */
  readonly dispatch: (workers: readonly WorkerView[], job: DispatchJob) => Promise<WorkerView | undefined>
  readonly log: Logger
}

/** Chooses a transcoder for a segment that looks for one: the one that would be done with it first. */
export class Placement {
  readonly #init: PlacementInit
  readonly #counts = new Map<DispatchReason, number>()

  constructor(init: PlacementInit) {
    this.#init = init
  }

  /** Choices so far, by reason. */
  get counts(): ReadonlyMap<DispatchReason, number> {
    return this.#counts
  }

  /** `undefined`: there is none. `candidates` is asked again after a plugin was: somebody may have left or filled up. */
  async choose(candidates: () => readonly Attached[], job: DispatchJob): Promise<Attached | undefined> {
    const first = viewsOf(candidates(), job)
    const asked = first.length > 1 ? await this.#ask(first, job) : undefined
    const transcoders = candidates()
    const workers = viewsOf(transcoders, job)
    const wanted = asked && workers.find(({ id }) => id === asked.id)
    const chosen = wanted ?? soonest(workers)
    if (!chosen) return undefined
    this.#explain(job, workers, { chosen, by: wanted ? 'worker.dispatch' : 'least predicted time' })
    this.#counts.set(job.reason, (this.#counts.get(job.reason) ?? 0) + 1)
    return transcoders.find(({ id }) => id === chosen.id)
  }

  /** A plugin that fails, is slow or answers nonsense must not cost a segment. */
  async #ask(workers: readonly WorkerView[], job: DispatchJob): Promise<WorkerView | undefined> {
    const { dispatch, log } = this.#init
    const { sessionId, seq } = job
    try {
      const verdict = await dispatch(Object.freeze([...workers]), snapshot(job))
      if (verdict === undefined || workers.some(({ id }) => id === verdict.id)) return verdict
      log.warn('placed by prediction instead', { sessionId, seq, error: verdictForeign(verdict.id) })
    } catch (thrown) {
      log.warn('placed by prediction instead', { sessionId, seq, error: toLivepeerError(thrown) })
    }
    return undefined
  }

  #explain(job: DispatchJob, workers: readonly WorkerView[], choice: { chosen: WorkerView; by: string }): void {
    const { sessionId, streamId, seq, reason, pixels } = job
    const candidates = workers.map(({ name, predictedMs, pixelsPerMs, sessions, capacity, jobs, late }) => {
      return { name, predictedMs: Math.round(predictedMs), pixelsPerMs, sessions, capacity, jobs, late }
    })
    const { chosen, by } = choice
    const fields = { sessionId, streamId, seq, reason, pixels, transcoder: chosen.name, by, candidates }
    this.#init.log.debug('segment placed', fields)
  }
}

/** What a plugin does to it, as sorting the ladder, must not reach the segment. */
function snapshot(job: DispatchJob): DispatchJob {
  const ladder = Object.freeze(job.ladder.map((profile) => Object.freeze({ ...profile })))
  return Object.freeze({ ...job, ladder })
}

/** Pixels to encode for a segment of this duration. */
export function pixelsOf(ladder: Ladder, durationMs: number): number {
  const perSecond = ladder.map(
    ({ width, height, fps, fpsDen }) => width * height * ((fps || USUAL_FPS) / (fpsDen || 1)),
  )
  return Math.round((perSecond.reduce((sum, one) => sum + one, 0) * durationMs) / 1000)
}

/** Those that are late come last, then the soonest, then the one with most room; of equals the first. */
function soonest(workers: readonly WorkerView[]): WorkerView | undefined {
  return workers.toSorted(
    (a, b) =>
      Number(a.late) - Number(b.late) ||
      a.predictedMs - b.predictedMs ||
      a.sessions / a.capacity - b.sessions / b.capacity,
  )[0]
}

function viewsOf(transcoders: readonly Attached[], job: DispatchJob): readonly WorkerView[] {
  const known = transcoders.flatMap((one) => knownSpeed(one) ?? [])
  const mean = known.length > 0 ? known.reduce((sum, speed) => sum + speed, 0) / known.length : undefined
  return transcoders.map((one) => viewOf(one, job, mean))
}

function viewOf(one: Attached, job: DispatchJob, mean: number | undefined): WorkerView {
  const { id, name, address, seats, speed, late, overheadMs, effective } = one
  // Where nothing was measured anywhere, what it declared is taken for true: so many sessions in real time.
  const pixelsPerMs = knownSpeed(one) ?? mean ?? (one.capacity * job.pixels) / job.durationMs
  const predictedMs = (seats.pixelsBeside(job.sessionId) + job.pixels) / pixelsPerMs + overheadMs
  return Object.freeze({
    id,
    name,
    address,
    capacity: effective.value,
    sessions: seats.size,
    jobs: speed.jobs,
    pixelsPerMs: speed.pixelsPerMs,
    predictedMs,
    late,
  })
}

/** As measured, else as its own calibration found it. */
function knownSpeed({ speed, card }: Attached): number | undefined {
  return speed.pixelsPerMs ?? card?.pixelsPerMs
}
