import { type Capabilities, CapacityTally, OFFCHAIN_ORCH_ID, remoteTranscodeMs } from '@livepeer-node/protocol'
import {
  type Clock,
  type LocalTranscoder,
  type Logger,
  toLivepeerError,
  within,
  type WorkerReport,
} from '@livepeer-node/sdk'
import { capabilitiesMessage, OWN_CAPABILITIES } from '../capabilities.ts'
import { EffectiveCapacity } from './effective-capacity.ts'
import { tookTooLong } from './errors.ts'
import { Seats } from './seats.ts'
import { type Lap, Speed } from './speed.ts'
import { pixelsOf } from './placement.ts'
import type { Bottleneck, Job, Rendition, Workforce } from './workforce.ts'

export interface LocalInit {
  readonly version: string
  readonly clock: Clock
  readonly log: Logger
  readonly report: (report: WorkerReport) => void
}

/** As it is called among workers. */
const LOCAL = 'local'

/** The transcoder in this process: no network between, no copies. */
export class LocalWorkforce implements Workforce {
  /** There is no choice. */
  readonly placements: ReadonlyMap<string, number> = new Map()
  readonly capabilities: Capabilities
  readonly #transcoder: LocalTranscoder
  readonly #init: LocalInit
  readonly #speed: Speed
  readonly #seats = new Seats()
  readonly #effective: EffectiveCapacity

  constructor(transcoder: LocalTranscoder, init: LocalInit) {
    this.#transcoder = transcoder
    this.#init = init
    const all = new Set([...OWN_CAPABILITIES, ...transcoder.capabilities])
    this.capabilities = capabilitiesMessage(new CapacityTally(all), init.version)
    const { clock } = init
    this.#speed = new Speed(clock)
    const ratio = () => this.#speed.ratio(0.95)
    this.#effective = new EffectiveCapacity({ declared: () => transcoder.capacity, ratio, clock })
  }

  get capacity(): number {
    return this.#effective.value
  }

  async transcode(job: Job, signal: AbortSignal): Promise<readonly Rendition[]> {
    const cold = !this.#seats.has(job.sessionId)
    this.#seats.take(job.sessionId, pixelsOf(job.ladder, job.durationMs))
    const lap = this.#speed.begin()
    try {
      const renditions = await this.#run(job, signal)
      this.#delivered(job, { lap, cold, renditions })
      return renditions
    } catch (thrown) {
      const { code } = toLivepeerError(thrown)
      this.#report(job, { elapsedMs: this.#speed.end(lap).ms, pixels: 0, code })
      throw thrown
    }
  }

  endSession(sessionId: string): void {
    this.#seats.free(sessionId)
    this.#transcoder
      .endSession(sessionId)
      .catch((error: unknown) => this.#init.log.error('the transcoder could not end a session', { sessionId, error }))
  }

  get bottleneck(): Bottleneck {
    return { name: 'in this process', capacity: this.capacity, ratioP95: this.#speed.ratio(0.95), resting: [] }
  }

  status(): unknown {
    const { pixelsPerMs, jobs } = this.#speed
    const declared = this.#transcoder.capacity
    const ratioP95 = this.#speed.ratio(0.95)
    return { local: true, declared, capacity: this.capacity, load: this.#seats.size, jobs, pixelsPerMs, ratioP95 }
  }

  get registries(): Readonly<Record<string, number>> {
    return { placedSessions: this.#seats.size, runningSegments: this.#speed.jobs }
  }

  close(): void {
    // Its own plugin stops it.
  }

  async #run(job: Job, signal: AbortSignal): Promise<readonly Rendition[]> {
    const { clock, version } = this.#init
    const ms = remoteTranscodeMs(job.durationMs)
    const provider = `Livepeer Transcoder ${version} (${OFFCHAIN_ORCH_ID})`
    const spec = { sessionId: job.sessionId, ladder: job.ladder, provider }
    const segment = { seq: Number(job.seq), durationMs: job.durationMs, bytes: job.bytes }
    // A transcoder that does not listen to the signal must not hold its session for ever.
    const { renditions } = await within(
      { clock, ms, error: () => tookTooLong('in this process', ms), signal },
      (inTime) => this.#transcoder.transcode({ spec, segment }, inTime),
    )
    return renditions.map(({ bytes, format, pixels }) => ({ bytes, format, pixels: BigInt(pixels) }))
  }

  #delivered(job: Job, { lap, cold, renditions }: { lap: Lap; cold: boolean; renditions: readonly Rendition[] }): void {
    const pixels = Number(renditions.reduce((sum, one) => sum + one.pixels, 0n))
    const took = this.#speed.end(lap)
    this.#speed.delivered(took, { pixels, durationMs: job.durationMs, overheadMs: 0, cold })
    this.#effective.review(this.#seats.size)
    this.#report(job, { elapsedMs: took.ms, pixels })
  }

  #report(job: Job, result: { elapsedMs: number; pixels: number; code?: string }): void {
    const { sessionId, streamId, seq, durationMs } = job
    this.#init.report({ workerId: LOCAL, worker: LOCAL, sessionId, streamId, seq: Number(seq), durationMs, ...result })
  }
}
