/** Ticks of MPEG-TS per ms. */
export const TICKS_PER_MS = 90

/** Where a packet lies in time, in 90 kHz ticks. */
export interface Place {
  readonly dts: number
  readonly pts: number
}

/** What must be kept to go on elsewhere. Plain data. */
export interface TimelineState {
  /** Last time stamp as sent, without its wraps, ms; `undefined` before the first. */
  readonly clockMs: number | undefined
  /** Last decoding time per track, ticks. */
  readonly video: number | undefined
  readonly audio: number | undefined
}

export const NEW_TIMELINE: TimelineState = { clockMs: undefined, video: undefined, audio: undefined }

const BACKWARD_JUMP = 1000 * TICKS_PER_MS
const FORWARD_JUMP = 5000 * TICKS_PER_MS

/**
 * Turns RTMP time stamps into MPEG-TS ones: 90 × ms, exactly, through the wrap after 32 bits. A track never goes back:
 * a packet that is late by up to a second is moved one tick behind its predecessor, so that it is not lost; more than
 * that, or five seconds forward at once, is a jump of the publisher's clock.
 */
export class Timeline {
  #state: TimelineState

  constructor(state: TimelineState = NEW_TIMELINE) {
    this.#state = state
  }

  get state(): TimelineState {
    return this.#state
  }

  /** Forgets the tracks after a jump; the next packets may be anywhere. */
  restart(): void {
    this.#state = { ...NEW_TIMELINE, clockMs: this.#state.clockMs }
  }

  /** The packet's time stamp without wraps, ms. Call it once for each packet, in order. */
  unwrap(timestampMs: number): number {
    const { clockMs } = this.#state
    const unwrapped = clockMs === undefined ? timestampMs : Math.max(0, clockMs + ((timestampMs - clockMs) | 0))
    this.#state = { ...this.#state, clockMs: unwrapped }
    return unwrapped
  }

  /** Does this time not belong to the same clock as the ones before? */
  isJump(kind: 'video' | 'audio', ms: number): boolean {
    const last = this.#state[kind]
    if (last === undefined) return false
    const newest = Math.max(this.#state.video ?? last, this.#state.audio ?? last)
    const ticks = ms * TICKS_PER_MS
    // A track that was silent while the other went on has not jumped.
    return ticks < last - BACKWARD_JUMP || ticks > newest + FORWARD_JUMP
  }

  /** Takes the packet into its track. */
  place(kind: 'video' | 'audio', ms: number, offsetMs: number): Place {
    const last = this.#state[kind]
    const dts = last === undefined ? ms * TICKS_PER_MS : Math.max(ms * TICKS_PER_MS, last + 1)
    this.#state = { ...this.#state, [kind]: dts }
    return { dts, pts: Math.max(dts, (ms + offsetMs) * TICKS_PER_MS) }
  }
}
