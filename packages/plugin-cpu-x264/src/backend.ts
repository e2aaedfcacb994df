import type { EncoderSettings } from '@livepeer-node/media'
import type {
  BackendOffer,
  SourceSegment,
  TranscodeBackend,
  TranscodeResult,
  TranscodeSession,
  TranscodeSpec,
} from '@livepeer-node/sdk'
import { backendFull } from './errors.ts'

export const BACKEND_NAME = 'cpu-x264'

/**
 * What libx264 and the software decoders do (wire.md §5.1): H.264 out with four profiles, key-frame distance and
 * fractional rates, in MPEG-TS and MP4; beside H.264, VP8 and the 4:2:2, 4:4:4 and 10-bit forms of H.264 in. Storage,
 * tokens and slicing are the node's, not a backend's.
 */
const CAPABILITIES: readonly number[] = [0, 1, 2, 3, 7, 8, 9, 10, 11, 17, 21, 22, 23, 24, 25]

/** An open session of the engine. */
export interface OpenSession {
  transcode(segment: SourceSegment, signal: AbortSignal): Promise<TranscodeResult>
  close(): Promise<void>
}

/** What opens it: the media engine. */
export interface Engine {
  open(spec: TranscodeSpec, settings: EncoderSettings, signal: AbortSignal): Promise<OpenSession>
}

export interface X264BackendInit {
  readonly engine: Engine
  readonly settings: EncoderSettings
  readonly slots: number
}

/** Transcodes on the CPU, up to `slots` sessions at once. */
export class X264Backend implements TranscodeBackend {
  readonly name = BACKEND_NAME
  readonly #init: X264BackendInit
  #taken = 0

  constructor(init: X264BackendInit) {
    this.#init = init
  }

  get offer(): BackendOffer {
    const { slots, settings } = this.#init
    return { backend: this.name, slots, capabilities: CAPABILITIES, settings: JSON.stringify(settings) }
  }

  /** Slots that are taken. */
  get sessions(): number {
    return this.#taken
  }

  /** Is there room, and can it be done here at all? */
  accepts(spec: TranscodeSpec): boolean {
    return this.#taken < this.#init.slots && spec.ladder.every((profile) => profile.codec === 'h264')
  }

  /** Rejects with `LP_BACKEND_FULL`, or with what the engine finds wrong with the ladder. */
  async open(spec: TranscodeSpec, signal: AbortSignal): Promise<TranscodeSession> {
    const { engine, settings, slots } = this.#init
    if (this.#taken >= slots) throw backendFull(slots)
    this.#taken++
    try {
      const session = await engine.open(spec, settings, signal)
      return this.#session(session)
    } catch (error) {
      this.#taken--
      throw error
    }
  }

  #session(session: OpenSession): TranscodeSession {
    let held = true
    return {
      backend: this.name,
      transcode: (segment, signal) => session.transcode(segment, signal),
      close: async () => {
        if (held) this.#taken--
        held = false
        await session.close()
      },
    }
  }
}
