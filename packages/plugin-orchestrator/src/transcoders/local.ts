import { type Capabilities, CapacityTally, OFFCHAIN_ORCH_ID, remoteTranscodeMs } from '@livepeer-node/protocol'
import type { Clock, LocalTranscoder, Logger } from '@livepeer-node/sdk'
import { linked } from '../abort.ts'
import { capabilitiesMessage, OWN_CAPABILITIES } from '../capabilities.ts'
import { tookTooLong } from './errors.ts'
import type { Job, Rendition, Workforce } from './workforce.ts'

/** The transcoder in this process: no network between, no copies. */
export class LocalWorkforce implements Workforce {
  readonly capabilities: Capabilities
  readonly #transcoder: LocalTranscoder
  readonly #init: { readonly version: string; readonly clock: Clock; readonly log: Logger }

  constructor(transcoder: LocalTranscoder, init: { version: string; clock: Clock; log: Logger }) {
    this.#transcoder = transcoder
    this.#init = init
    const all = new Set([...OWN_CAPABILITIES, ...transcoder.capabilities])
    this.capabilities = capabilitiesMessage(new CapacityTally(all), init.version)
  }

  get capacity(): number {
    return this.#transcoder.capacity
  }

  async transcode(job: Job, signal: AbortSignal): Promise<readonly Rendition[]> {
    const limitMs = remoteTranscodeMs(job.durationMs)
    const deadline = new AbortController()
    const undo = this.#init.clock.after(limitMs, () => deadline.abort(tookTooLong('in this process', limitMs)))
    const until = linked(signal, deadline.signal)
    const provider = `Livepeer Transcoder ${this.#init.version} (${OFFCHAIN_ORCH_ID})`
    try {
      const work = this.#transcoder.transcode(
        {
          spec: { sessionId: job.sessionId, ladder: job.ladder, provider },
          segment: { seq: Number(job.seq), durationMs: job.durationMs, bytes: job.bytes },
        },
        until.signal,
      )
      const { renditions } = await orAborted(work, until.signal)
      return renditions.map(({ bytes, format, pixels }) => ({ bytes, format, pixels: BigInt(pixels) }))
    } finally {
      undo()
      until.release()
    }
  }

  endSession(sessionId: string): void {
    this.#transcoder
      .endSession(sessionId)
      .catch((error: unknown) => this.#init.log.error('the transcoder could not end a session', { sessionId, error }))
  }

  status(): unknown {
    return { local: true, capacity: this.capacity }
  }

  close(): void {
    // Its own plugin stops it.
  }
}

/** A transcoder that does not listen to the signal must not hold its session for ever. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error)
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const abort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  work.then(resolve, reject)
  return promise.finally(() => signal.removeEventListener('abort', abort))
}
