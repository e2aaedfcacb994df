import { type Capabilities, remoteTranscodeMs } from '@livepeer-node/protocol'
import { type LivepeerError, toLivepeerError } from '@livepeer-node/sdk'
import { linked } from '../abort.ts'
import { sessionEnded } from '../errors.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import type { Attached } from './attached.ts'
import type { Attempt } from './attempt.ts'
import { Errand, type ErrandInit } from './errand.ts'
import { sourceName } from './notifications.ts'
import type { TranscoderStatus } from './status.ts'
import type { Bottleneck, Job, Rendition, Workforce } from './workforce.ts'

export interface RemoteInit extends ErrandInit {
  readonly store: MemoryStore
  readonly statusOf: (transcoder: Attached) => TranscoderStatus
}

/** Gives jobs to attached transcoders. */
export class RemoteWorkforce implements Workforce {
  readonly #init: RemoteInit
  /** By session: each has one segment in work at a time. */
  readonly #errands = new Map<string, Errand>()
  #unsettled = 0

  constructor(init: RemoteInit) {
    this.#init = init
  }

  get capacity(): number {
    return this.#init.pool.capacity
  }

  get capabilities(): Capabilities {
    return this.#init.pool.capabilities
  }

  async transcode(job: Job, signal: AbortSignal): Promise<readonly Rendition[]> {
    const { store, hedging } = this.#init
    const { sessionId } = job
    if (!store.save(sessionId, sourceName(job), job.bytes)) throw sessionEnded(sessionId)
    hedging.earn()
    const errand = new Errand(job, this.#init)
    const cancel = () => errand.cancel(toLivepeerError(signal.reason))
    signal.addEventListener('abort', cancel, { once: true })
    this.#errands.set(sessionId, errand)
    try {
      const renditions = await errand.run()
      void this.#seeOff(job, errand)
      return renditions
    } catch (thrown) {
      this.#giveUp(job, errand, toLivepeerError(thrown))
      throw thrown
    } finally {
      this.#errands.delete(sessionId)
      signal.removeEventListener('abort', cancel)
    }
  }

  endSession(sessionId: string): void {
    this.#errands.get(sessionId)?.cancel(sessionEnded(sessionId))
    this.#init.sessions.end(sessionId)
  }

  get bottleneck(): Bottleneck | undefined {
    const { pool } = this.#init
    const slowest = pool.all.toSorted((a, b) => (b.speed.ratio(0.95) ?? 0) - (a.speed.ratio(0.95) ?? 0))[0]
    if (!slowest) return undefined
    const resting = pool.all.flatMap((one) => {
      const why = pool.isSuspended(one) ? 'suspended' : one.draining ? 'draining' : one.late ? 'late' : undefined
      return why ? [`${one.name} is ${why}`] : []
    })
    return { name: slowest.name, capacity: slowest.effective.value, ratioP95: slowest.speed.ratio(0.95), resting }
  }

  status(): readonly TranscoderStatus[] {
    return this.#init.pool.all.map((one) => this.#init.statusOf(one))
  }

  get placements(): ReadonlyMap<string, number> {
    return this.#init.placement.counts
  }

  get registries(): Readonly<Record<string, number>> {
    const { pool, tasks, sessions } = this.#init
    return {
      transcoders: pool.size,
      watchers: pool.watchers,
      openTasks: tasks.size,
      placedSessions: sessions.size,
      runningSegments: this.#errands.size,
      unsettledAttempts: this.#unsettled,
    }
  }

  close(): void {
    this.#init.pool.detachAll('the orchestrator stops')
  }

  /** Somebody has delivered. The others are told to stop; the source is there for them until they answer. */
  async #seeOff(job: Job, errand: Errand): Promise<void> {
    const { sessions, store } = this.#init
    const others = errand.attempts.filter(({ ended }) => !ended)
    for (const { transcoder } of others) sessions.dismiss(job.sessionId, transcoder, 'late')
    await Promise.all(others.map((attempt) => this.#untilAnswered(attempt, job)))
    // The same segment may have been sent anew meanwhile.
    if (store.read(job.sessionId, sourceName(job)) === job.bytes) store.remove(job.sessionId, sourceName(job))
  }

  async #untilAnswered(attempt: Attempt, { durationMs }: Job): Promise<void> {
    const { clock, conduct } = this.#init
    this.#unsettled += 1
    const answered = new AbortController()
    const either = linked(answered.signal, attempt.transcoder.left)
    const wait = attempt.startedAt + remoteTranscodeMs(durationMs) - clock.monotonic()
    const timeUp = clock.sleep(Math.max(0, wait), either.signal).then(
      () => 'LP_TRANSCODER_TIMEOUT',
      () => 'LP_TRANSCODER_LOST',
    )
    const outcome = await Promise.race([attempt.answer, timeUp])
    answered.abort()
    either.release()
    if (typeof outcome === 'string') conduct.gaveUp(attempt, outcome)
    else if ('renditions' in outcome) conduct.unused(attempt, outcome.renditions)
    else conduct.gaveUp(attempt, 'LP_RESULT_UNUSED')
    this.#unsettled -= 1
  }

  /** Nobody has delivered, or nobody waits any more. */
  #giveUp(job: Job, errand: Errand, error: LivepeerError): void {
    const { sessions, store, conduct } = this.#init
    store.remove(job.sessionId, sourceName(job))
    for (const attempt of errand.attempts.filter(({ ended }) => !ended)) {
      // Where nobody is left, the next segment waits for somebody as well.
      sessions.dismiss(job.sessionId, attempt.transcoder, attempt.alive ? 'failed' : 'lost')
      conduct.gaveUp(attempt, attempt.alive ? error.code : 'LP_TRANSCODER_LOST')
    }
  }
}
