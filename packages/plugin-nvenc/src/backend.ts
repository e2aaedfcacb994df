import type { EncoderSettings } from '@livepeer-node/media'
import type {
  BackendOffer,
  Clock,
  Logger,
  SourceSegment,
  TranscodeBackend,
  TranscodeResult,
  TranscodeSession,
  TranscodeSpec,
} from '@livepeer-node/sdk'
import { type Cards, loadOf } from './cards.ts'
import { backendFull, sessionLimit } from './errors.ts'
import { sessionLimitLine } from './log-lines.ts'

export const BACKEND_NAME = 'nvenc'

/** H.264 in and out with four profiles, key-frame distance and fractional rates, in MPEG-TS and MP4 (wire.md §5.1). */
const CAPABILITIES: readonly number[] = [0, 1, 2, 3, 7, 8, 9, 10, 11]

/** After the driver's limit was met while no session was open here: another process may have given one back, ms. */
const RETRY_AFTER_MS = 60_000

/** An open session of the engine. */
export interface OpenSession {
  transcode(segment: SourceSegment, signal: AbortSignal): Promise<TranscodeResult>
  close(): Promise<void>
}

/** What opens it: the media engine. */
export interface Engine {
  open(spec: TranscodeSpec, settings: EncoderSettings, signal: AbortSignal): Promise<OpenSession>
}

export interface NvencBackendInit {
  readonly engine: Engine
  readonly cards: Cards
  readonly log: Logger
  readonly clock: Clock
}

/** Transcodes on NVIDIA cards: a session decodes, scales and encodes on the least loaded one. */
export class NvencBackend implements TranscodeBackend {
  readonly name = BACKEND_NAME
  readonly #init: NvencBackendInit
  /** The driver's limit was met; lifted when a session closes, or at this time where none is open. */
  #limited: { readonly until: number } | undefined

  constructor(init: NvencBackendInit) {
    this.#init = init
  }

  get offer(): BackendOffer {
    return { backend: this.name, slots: this.#init.cards.slots, capabilities: CAPABILITIES }
  }

  /** Is there room on a card and in the driver, and can it be done here at all? */
  accepts(spec: TranscodeSpec): boolean {
    if (this.#limited && this.#init.clock.monotonic() >= this.#limited.until) this.#limited = undefined
    const room = this.#limited === undefined && this.#init.cards.hasRoom
    return room && spec.ladder.every((profile) => profile.codec === 'h264')
  }

  /** Rejects with kind `limit` (`LP_BACKEND_FULL`, `LP_NVENC_SESSION_LIMIT`): claim again, another backend takes it. */
  async open(spec: TranscodeSpec, signal: AbortSignal): Promise<TranscodeSession> {
    const { engine, cards } = this.#init
    const place = cards.take(loadOf(spec.ladder))
    if (!place) throw backendFull(cards.slots)
    try {
      const session = await engine.open(spec, { kind: 'nvenc', device: place.card }, signal)
      return this.#session(session, place.release)
    } catch (error) {
      place.release()
      throw this.#limitMet(error) ?? error
    }
  }

  #session(session: OpenSession, release: () => void): TranscodeSession {
    return {
      backend: this.name,
      transcode: async (segment, signal) => {
        try {
          return await session.transcode(segment, signal)
        } catch (error) {
          throw this.#limitMet(error) ?? error
        }
      },
      close: async () => {
        await session.close()
        release()
        this.#limited = undefined
      },
    }
  }

  /** The error to pass on, where this one is the driver's limit: what is open goes on, no more is taken. */
  #limitMet(error: unknown): Error | undefined {
    const line = sessionLimitLine(error)
    if (line === undefined) return undefined
    const { cards, clock, log } = this.#init
    const open = cards.sessions
    const limit = sessionLimit(line, open)
    log.warn(limit.message, { code: limit.code, sessions: open, driver: line, remedy: limit.remedy })
    this.#limited = { until: open > 0 ? Number.POSITIVE_INFINITY : clock.monotonic() + RETRY_AFTER_MS }
    return limit
  }
}
