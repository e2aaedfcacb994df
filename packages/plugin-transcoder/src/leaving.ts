import { type Clock, type Logger, toLivepeerError, untilAborted } from '@livepeer-node/sdk'
import type { TranscoderHttp } from './http.ts'
import type { Jobs } from './jobs.ts'
import type { OrchestratorLink } from './link.ts'
import type { TranscodeService } from './service.ts'

/** Enough for a segment in hand, ms. */
const RESERVE_MS = 8000

export interface LeavingInit {
  readonly link: OrchestratorLink
  readonly jobs: Jobs
  readonly http: TranscoderHttp
  readonly service: TranscodeService
  readonly log: Logger
  readonly clock: Clock
}

/** An attached transcoder's way out of the pool, and what it leaves undone. */
export class Leaving {
  readonly #init: LeavingInit
  #leftOver: number | undefined

  constructor(init: LeavingInit) {
    this.#init = init
  }

  /** Streams that are at work here; once it has left, those that it left and nobody has taken. */
  get sessions(): number {
    return this.#leftOver ?? this.#init.service.working
  }

  /**
   * Where the orchestrator hands sessions over, it is told, and this one stays until it has none, or until what is left of
   * the grace is needed to finish the segments in hand. Then, and elsewhere at once, it leaves between two segments, as far
   * as it can: an orchestrator may write off what a transcoder that left had in hand.
   */
  async drain(deadline: AbortSignal, graceMs: number): Promise<void> {
    const { link, jobs, service, log } = this.#init
    const isHeard = link.state === 'attached' && (await this.#isHeard(deadline))
    if (isHeard) {
      log.info('no new sessions; the orchestrator hands the others over', { sessions: service.working })
      await this.#handedOver(deadline, graceMs)
    }
    if (!deadline.aborted) await untilAborted(jobs.settled(), deadline).catch(() => undefined)
    // An orchestrator that has gone, or that knows of no drain, takes the streams elsewhere by itself.
    this.#leftOver = isHeard && link.state === 'attached' ? service.working : 0
    if (this.#leftOver > 0) {
      log.warn('the grace is over, and nobody has taken these sessions', { sessions: this.#leftOver, graceMs })
    }
    await link.leave()
    await jobs.settled()
  }

  /** Until no session is left, the orchestrator has gone, or little time is left. */
  async #handedOver(deadline: AbortSignal, graceMs: number): Promise<void> {
    const { link, service, clock } = this.#init
    const enough = Promise.withResolvers<void>()
    const waitMs = graceMs - Math.min(RESERVE_MS, graceMs / 2)
    const undo = Number.isFinite(waitMs) ? clock.after(waitMs, enough.resolve) : () => {}
    const left = Promise.race([service.drain(), link.lost(), enough.promise])
    await untilAborted(left, deadline).catch(() => undefined)
    undo()
  }

  async #isHeard(deadline: AbortSignal): Promise<boolean> {
    const { http, log } = this.#init
    try {
      return await http.announceDrain(deadline)
    } catch (thrown) {
      const { code, message, remedy } = toLivepeerError(thrown)
      log.warn(message, { code, remedy })
      return false
    }
  }
}
