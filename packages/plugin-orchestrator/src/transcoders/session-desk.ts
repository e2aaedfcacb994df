import type { DispatchReason } from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'
import type { Attempt } from './attempt.ts'
import { Homes } from './homes.ts'
import { teardownNotification } from './notifications.ts'
import type { TranscoderPool } from './pool.ts'
import type { Job, Rendition } from './workforce.ts'

/** Where a session's next segment belongs. */
interface Whereabouts {
  /** The session's transcoder. */
  readonly own?: Attached
  /** Why it should go to another one; absent: it should not. */
  readonly reason?: DispatchReason
}

/** Which session works with which transcoder, on both sides: the session's and the transcoder's. */
export class SessionDesk {
  readonly #pool: TranscoderPool
  readonly #homes = new Homes()

  constructor(pool: TranscoderPool) {
    this.#pool = pool
  }

  /** Sessions that are known. */
  get size(): number {
    return this.#homes.size
  }

  whereabouts(sessionId: string): Whereabouts {
    const home = this.#homes.of(sessionId)
    if (!home) return { reason: 'new' }
    const own = home.transcoder
    if (!own) return { reason: home.why }
    if (own.left.aborted) return { reason: 'lost' }
    if (this.#pool.isSuspended(own)) return { own, reason: 'failed' }
    if (own.draining) return { own, reason: 'drain' }
    return own.late ? { own, reason: 'late' } : { own }
  }

  /** Pixels of a segment of this duration, as the session's last one had them; `undefined` before the first. */
  pixels(sessionId: string, durationMs: number): number | undefined {
    const rate = this.#homes.of(sessionId)?.pixelRate
    return rate === undefined ? undefined : Math.round(rate * durationMs)
  }

  /** A segment of the session is sent there. What is usual between the two: time taken over duration. */
  take(
    sessionId: string,
    transcoder: Attached,
    pixels: number,
  ): { readonly cold: boolean; readonly usual: readonly (number | undefined)[] } {
    const home = this.#homes.of(sessionId)
    this.#pool.seat(transcoder, sessionId, pixels)
    if (!home?.transcoder || home.transcoder.left.aborted) this.#homes.settle(sessionId, transcoder)
    const ratio = home?.transcoder === transcoder ? home.ratio : undefined
    return { cold: ratio === undefined, usual: [transcoder.speed.ratio(0.5), ratio] }
  }

  /** The session belongs to who delivers. */
  delivered(
    { sessionId, durationMs }: Job,
    { transcoder }: Attempt,
    { elapsedMs, renditions }: { elapsedMs: number; renditions: readonly Rendition[] },
  ): void {
    const pixels = Number(renditions.reduce((sum, one) => sum + one.pixels, 0n))
    this.#homes.settle(sessionId, transcoder)
    this.#homes.learn(sessionId, { ratio: elapsedMs / durationMs, pixelRate: pixels / durationMs })
  }

  /** The session works there no more: its place is given away, its encoders are freed. */
  dismiss(sessionId: string, transcoder: Attached, why: DispatchReason): void {
    if (this.#homes.of(sessionId)?.transcoder === transcoder) this.#homes.leave(sessionId, why)
    const had = this.#pool.unseat(transcoder, sessionId)
    if (had && !transcoder.left.aborted) transcoder.notify(teardownNotification(sessionId))
  }

  /** It is over. */
  end(sessionId: string): void {
    const own = this.#homes.of(sessionId)?.transcoder
    if (own) this.dismiss(sessionId, own, 'new')
    this.#homes.forget(sessionId)
  }
}
