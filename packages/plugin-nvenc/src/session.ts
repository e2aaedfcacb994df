import {
  isLivepeerError,
  type LivepeerError,
  type SourceSegment,
  type TranscodeResult,
  type TranscodeSession,
} from '@livepeer-node/sdk'
import type { OpenSession } from './backend.ts'
import type { Place } from './cards.ts'
import { sessionLost } from './errors.ts'

export interface CardSessionInit {
  readonly backend: string
  readonly session: OpenSession
  readonly place: Place
  /** What is wrong with the card or its driver, where an error of the engine is their fault and not the segment's. */
  readonly blame: (error: unknown) => Promise<LivepeerError | undefined>
}

/** A session on one card. It ends with `LP_BACKEND_LOST` when its card is taken out; whoever claims it next goes on. */
export class CardSession implements TranscodeSession {
  readonly backend: string
  readonly #init: CardSessionInit

  constructor(init: CardSessionInit) {
    this.#init = init
    this.backend = init.backend
  }

  async transcode(segment: SourceSegment, signal: AbortSignal): Promise<TranscodeResult> {
    const { session, place, blame } = this.#init
    const { index, health, speed } = place.card
    if (health.problem) throw sessionLost(index, health.problem)
    const done = speed.begin()
    let pixels = 0
    try {
      const result = await session.transcode(segment, signal)
      pixels = result.renditions.reduce((sum, rendition) => sum + rendition.pixels, 0)
      place.encoded(pixels)
      return result
    } catch (error) {
      const fault = signal.aborted ? undefined : await blame(error)
      throw fault ? sessionLost(index, fault) : error
    } finally {
      done(pixels)
    }
  }

  async close(): Promise<void> {
    try {
      await this.#init.session.close()
    } finally {
      this.#init.place.release()
    }
  }
}

/** A media process ended over it, or did not end in time. */
export function isCrash(error: unknown): boolean {
  return isLivepeerError(error) && (error.code === 'LP_WORKER_DIED' || error.code === 'LP_WORKER_DEADLINE')
}
