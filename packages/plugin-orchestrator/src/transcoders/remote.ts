import { create } from '@bufbuild/protobuf'
import {
  AuthTokenSchema,
  type Capabilities,
  CapabilitiesSchema,
  capacitiesOf,
  legacyProfiles,
  OFFCHAIN_ORCH_ID,
  remoteTranscodeMs,
  type SegData,
  SegDataSchema,
  segmentData,
  STREAM_PATH,
} from '@livepeer-node/protocol'
import { type Clock, isLivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { linked } from '../abort.ts'
import { sessionEnded } from '../errors.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import type { Attached } from './attached.ts'
import { lost, tookTooLong } from './errors.ts'
import type { Need, TranscoderPool } from './pool.ts'
import type { Tasks } from './tasks.ts'
import type { Job, Rendition, Workforce } from './workforce.ts'

/** With nobody else there, how long a transcoder that broke off may take to come back or to deliver all the same, ms. */
const COMEBACK_MS = 3000
/** After these the next transcoder is asked; anything else is the broadcaster's to know. */
const TRY_ANOTHER: ReadonlySet<string> = new Set(['LP_TRANSCODER_LOST', 'LP_TRANSCODER_TIMEOUT'])

export interface RemoteInit {
  readonly pool: TranscoderPool
  readonly tasks: Tasks
  readonly store: MemoryStore
  readonly uri: string
  readonly clock: Clock
  readonly log: Logger
}

/** One segment on its way through one or more transcoders. */
interface Errand {
  readonly job: Job
  readonly tried: Set<Attached>
  /** Monotonic ms at which the broadcaster gives up. */
  readonly until: number
  readonly signal: AbortSignal
}

/**
 * Gives jobs to attached transcoders. Unlike the reference it asks another one at once when a transcoder goes away, and
 * when one has used half of the time that is left, so that losing one leaves no hole in a stream.
 */
export class RemoteWorkforce implements Workforce {
  readonly #init: RemoteInit

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
    const { pool, store, clock } = this.#init
    const source = sourceName(job)
    if (!store.save(job.sessionId, source, job.bytes)) throw sessionEnded(job.sessionId)
    const until = clock.monotonic() + remoteTranscodeMs(job.durationMs)
    try {
      return await this.#untilDone({ job, tried: new Set(), until, signal })
    } catch (error) {
      pool.unpin(job.sessionId)
      throw error
    } finally {
      store.remove(job.sessionId, source)
    }
  }

  endSession(sessionId: string): void {
    const { pool } = this.#init
    const segData = create(SegDataSchema, { authToken: create(AuthTokenSchema, { sessionId }) })
    const profiles = new Uint8Array()
    pool.pinned(sessionId)?.notify({ url: '', segData, taskId: 0n, profiles, orchId: '' })
    pool.unpin(sessionId)
  }

  status(): unknown {
    return this.#init.pool.list()
  }

  close(): void {
    this.#init.pool.detachAll('the orchestrator stops')
  }

  async #untilDone(errand: Errand): Promise<readonly Rendition[]> {
    const { pool, log } = this.#init
    const { sessionId, streamId, seq } = errand.job
    let failure: unknown
    for (;;) {
      const transcoder = chooseOr(pool, needOf(errand), failure)
      try {
        return await this.#attempt(transcoder, errand)
      } catch (error) {
        if (!isLivepeerError(error) || !TRY_ANOTHER.has(error.code)) throw error
        failure = error
        errand.tried.add(transcoder)
        pool.unpin(sessionId)
        log.warn('segment taken away from a transcoder', {
          sessionId,
          streamId,
          seq,
          transcoder: transcoder.name,
          error,
        })
      }
    }
  }

  async #attempt(transcoder: Attached, errand: Errand): Promise<readonly Rendition[]> {
    const { tasks, uri } = this.#init
    const { job } = errand
    const task = tasks.open(transcoder)
    const over = new AbortController()
    const either = linked(over.signal, errand.signal)
    try {
      transcoder.notify({
        url: `${uri}${STREAM_PATH}${job.sessionId}/${sourceName(job)}`,
        segData: forTranscoder(job),
        taskId: task.id,
        profiles: legacyProfiles(),
        orchId: OFFCHAIN_ORCH_ID,
      })
      return await Promise.race([task.result, this.#patience(transcoder, errand, either.signal)])
    } finally {
      task.close()
      over.abort()
      either.release()
    }
  }

  /** Rejects when this transcoder is not worth waiting for any longer. `over`: nobody waits any more. */
  async #patience(transcoder: Attached, errand: Errand, over: AbortSignal): Promise<never> {
    const { pool, clock } = this.#init
    const half = this.#left(errand) / 2
    const event = linked(transcoder.left, over)
    await clock.sleep(half, event.signal).catch(() => undefined)
    event.release()
    if (over.aborted) throw toLivepeerError(over.reason)
    const gone = transcoder.left.aborted
    if (!gone) transcoder.late = true
    const others = needOf(errand, transcoder)
    const wait = gone ? Math.min(this.#left(errand), COMEBACK_MS) : this.#left(errand)
    const found = await pool.whenFree(others, wait, over)
    if (gone) throw lost(transcoder.name)
    if (!found && !over.aborted) pool.detach(transcoder, 'took too long')
    throw tookTooLong(transcoder.name, remoteTranscodeMs(errand.job.durationMs))
  }

  #left(errand: Errand): number {
    return Math.max(0, errand.until - this.#init.clock.monotonic())
  }
}

/** Under which an attached transcoder fetches the segment (wire.md §10.3). */
function sourceName({ seq }: Job): string {
  return `${seq}.tempfile`
}

function needOf({ job, tried }: Errand, besides?: Attached): Need {
  const except = besides ? new Set([...tried, besides]) : tried
  return { sessionId: job.sessionId, capabilities: job.data.capabilities, except }
}

/** When nobody is left to ask, what went wrong before says more than that. */
function chooseOr(pool: TranscoderPool, need: Need, failure: unknown): Attached {
  try {
    return pool.choose(need)
  } catch (error) {
    throw failure ?? error
  }
}

/** The broadcaster's message made anew for a transcoder: no hash, no signature, no storage (wire.md §10.2). */
function forTranscoder(job: Job): SegData {
  const { data } = job
  const message = segmentData({
    manifestId: data.manifestId,
    seq: job.seq,
    durationMs: job.durationMs,
    ladder: job.ladder,
    ...(data.capabilities && { capabilities: withCapacities(data.capabilities) }),
    ...(data.authToken && { authToken: data.authToken }),
  })
  message.calcPerceptualHash = data.calcPerceptualHash
  message.ForceSessionReinit = data.ForceSessionReinit
  message.segmentParameters = data.segmentParameters
  return message
}

function withCapacities(capabilities: Capabilities): Capabilities {
  return create(CapabilitiesSchema, { ...capabilities, capacities: Object.fromEntries(capacitiesOf(capabilities)) })
}
