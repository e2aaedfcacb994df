import { type Capabilities, CapacityTally, OFFCHAIN_ORCH_ID, remoteTranscodeMs } from '@livepeer-node/protocol'
import { type Clock, type LocalTranscoder, type Logger, within } from '@livepeer-node/sdk'
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
