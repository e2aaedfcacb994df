import {
  type Capabilities,
  incompatibility,
  type NotifySegment,
  readSegmentJob,
  remoteTranscodeMs,
  type SegData,
  toHex,
  wireTextOf,
} from '@livepeer-node/protocol'
import type { Clock, Logger, TranscodeResult } from '@livepeer-node/sdk'
import { toLivepeerError, within } from '@livepeer-node/sdk'
import { clipUnsupported, incompatible, noSegmentData, profileMismatch, tooSlow } from './errors.ts'
import type { TranscoderHttp } from './http.ts'
import type { TranscodeService } from './service.ts'

export interface JobsInit {
  readonly service: TranscodeService
  readonly http: TranscoderHttp
  readonly clock: Clock
  readonly log: Logger
  /** Of this node, for the output's metadata. */
  readonly version: string
  /** What this node can do, as it registered. */
  readonly capabilities: () => Capabilities
  /** Aborts when the node stops. */
  readonly signal: AbortSignal
}

/** What an attached transcoder does with the messages of its orchestrator (wire.md §10.2, §10.3). Jobs run side by side. */
export class Jobs {
  readonly #init: JobsInit
  readonly #running = new Set<Promise<void>>()
  #done = 0
  #failed = 0

  constructor(init: JobsInit) {
    this.#init = init
  }

  get counts(): { readonly running: number; readonly done: number; readonly failed: number } {
    return { running: this.#running.size, done: this.#done, failed: this.#failed }
  }

  /** Takes a message up; never throws, never waits. */
  take(message: NotifySegment): void {
    const ended = message.url === '' ? message.segData?.authToken?.sessionId : undefined
    const work = ended ? this.#init.service.endSession(ended) : this.#job(message)
    const running = work
      .catch((error: unknown) => {
        const { code, message: text } = toLivepeerError(error)
        this.#init.log.error(text, { code, taskId: String(message.taskId) })
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Resolves when all that runs now is done; what is taken up meanwhile is not waited for. */
  async settled(): Promise<void> {
    await Promise.all(this.#running)
  }

  async #job(message: NotifySegment): Promise<void> {
    const { http, log, signal } = this.#init
    const fields = jobFields(message)
    const startedAt = this.#init.clock.monotonic()
    try {
      const result = await this.#transcode(message)
      await http.postResult(message.taskId, result, signal)
      this.#done += 1
      log.debug('segment done', { ...fields, ms: Math.round(this.#init.clock.monotonic() - startedAt) })
    } catch (thrown) {
      this.#failed += 1
      const error = toLivepeerError(thrown)
      const { code, message: text, remedy } = error
      log.warn('segment failed', { ...fields, code, reason: text, remedy })
      if (code === 'LP_RESULT_LOST' || code === 'LP_RESULT_REFUSED' || signal.aborted) return
      await http.postError(message.taskId, wireTextOf(error) || 'unknown error', signal)
    }
  }

  async #transcode(message: NotifySegment): Promise<TranscodeResult> {
    const data = message.segData
    if (!data) throw noSegmentData()
    const { ladder, durationMs } = readSegmentJob(data)
    const mismatch = incompatibility(data.capabilities, this.#init.capabilities())
    if (mismatch) throw incompatible(mismatch.detail)
    const { from = 0n, to = 0n } = data.segmentParameters ?? {}
    if (from > 0n || to > 0n) throw clipUnsupported(from, to)

    const { clock, signal, service, http, version } = this.#init
    const ms = remoteTranscodeMs(durationMs)
    return await within({ clock, ms, error: () => tooSlow(ms), signal }, async (inTime) => {
      const bytes = await http.download(message.url, inTime)
      const provider = `Livepeer Transcoder ${version} (${message.orchId})`
      const spec = { sessionId: sessionIdOf(data), ladder, provider }
      const segment = { seq: Number(data.seq), durationMs, bytes }
      const result = await service.transcode({ spec, segment, fresh: data.ForceSessionReinit }, inTime)
      if (result.renditions.length !== ladder.length) throw profileMismatch(result.renditions.length, ladder.length)
      return result
    })
  }
}

/** The token names the session; an orchestrator that sends none gets one per stream. */
function sessionIdOf(data: SegData): string {
  return data.authToken?.sessionId || `stream-${toHex(data.manifestId)}`
}

function jobFields(message: NotifySegment): Record<string, unknown> {
  const data = message.segData
  return {
    taskId: String(message.taskId),
    ...(data && { sessionId: sessionIdOf(data), seq: Number(data.seq) }),
  }
}
