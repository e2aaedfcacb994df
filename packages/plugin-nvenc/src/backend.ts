import type { EncoderSettings } from '@livepeer-node/media'
import type {
  BackendOffer,
  LivepeerError,
  Logger,
  SourceSegment,
  TranscodeBackend,
  TranscodeResult,
  TranscodeSession,
  TranscodeSpec,
} from '@livepeer-node/sdk'
import type { Cards, Place } from './cards.ts'
import { backendFull, sessionLimit, sessionLost } from './errors.ts'
import { knownFailure } from './failures.ts'
import { sessionLimitLine } from './log-lines.ts'
import { CardSession, isCrash } from './session.ts'

export const BACKEND_NAME = 'nvenc'

/** H.264 in and out with four profiles, key-frame distance and fractional rates, in MPEG-TS and MP4 (wire.md §5.1). */
const CAPABILITIES: readonly number[] = [0, 1, 2, 3, 7, 8, 9, 10, 11]

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
}

/** Transcodes on NVIDIA cards: a session decodes, scales and encodes on one of them until it ends or the card fails. */
export class NvencBackend implements TranscodeBackend {
  readonly name = BACKEND_NAME
  readonly #init: NvencBackendInit
  /** Lengths of ladders that were found too long for the driver's limit; told once each. */
  readonly #tooLong = new Set<number>()

  constructor(init: NvencBackendInit) {
    this.#init = init
  }

  get offer(): BackendOffer {
    const { cards } = this.#init
    // What was measured with other cards says nothing of these.
    const settings = JSON.stringify(cards.all.map(({ index, model }) => `${index} ${model}`))
    return { backend: this.name, slots: cards.slots, capabilities: CAPABILITIES, settings }
  }

  /** Is there room on a card and in the driver, and can it be done here at all? */
  accepts({ ladder }: TranscodeSpec): boolean {
    this.#tellIfTooLong(ladder.length)
    return this.#init.cards.hasRoom(ladder.length) && ladder.every((profile) => profile.codec === 'h264')
  }

  /** Rejects with kind `limit` when it is full after all or its card fails: claim again, another card or backend takes it. */
  async open(spec: TranscodeSpec, signal: AbortSignal): Promise<TranscodeSession> {
    const { engine, cards, log } = this.#init
    const choice = cards.take(spec.ladder)
    if (!choice) throw backendFull(cards.slots)
    const { place, judged } = choice
    log.debug('A card for a session.', { sessionId: spec.sessionId, card: place.card.index, judged })
    try {
      const session = await engine.open(spec, { kind: 'nvenc', device: place.card.index }, signal)
      const blame = (error: unknown): Promise<LivepeerError | undefined> => this.#blame(error, { spec, place })
      return new CardSession({ backend: this.name, session, place, blame })
    } catch (error) {
      place.release()
      const fault = signal.aborted ? undefined : await this.#blame(error, { spec, place })
      if (!fault) throw error
      throw fault.kind === 'limit' ? fault : sessionLost(place.card.index, fault)
    }
  }

  /** Is the card or its driver to blame? What is full takes no more, what fails is taken out; the other sessions go on. */
  async #blame(
    error: unknown,
    { spec, place }: { spec: TranscodeSpec; place: Place },
  ): Promise<LivepeerError | undefined> {
    const { card } = place
    const known = knownFailure(card.index, error)?.error
    const full = limitMet(error, place) ?? (known?.code === 'LP_NVENC_MEMORY' ? known : undefined)
    if (full) {
      place.release()
      card.encoders.refuse()
      const { code, message, observed, remedy } = full
      this.#init.log.warn(message, { code, card: card.index, open: card.encoders.open, observed, remedy })
      return full
    }
    if (!known && !isCrash(error)) return undefined
    return (await card.health.suspect(spec.sessionId, error)) ? undefined : card.health.problem
  }

  #tellIfTooLong(needed: number): void {
    const { largestLadder } = this.#init.cards
    if (largestLadder === undefined || needed <= largestLadder || this.#tooLong.has(needed)) return
    this.#tooLong.add(needed)
    const message = `The NVIDIA driver gives ${largestLadder} encoders at once; a ladder of ${needed} renditions needs more and goes to another backend.`
    this.#init.log.warn(message, { code: 'LP_NVENC_SESSION_LIMIT', limit: largestLadder, observed: needed })
  }
}

/** The driver's limit: older drivers call it memory, so the card's own memory is looked at after it. */
function limitMet(error: unknown, { card, encoders }: Place): LivepeerError | undefined {
  const line = sessionLimitLine(error)
  if (line === undefined) return undefined
  return sessionLimit({ card: card.index, needed: encoders, open: card.encoders.open - encoders, line })
}
