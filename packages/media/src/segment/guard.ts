import { noKeyframe, noVideo, segmentTooLarge } from './errors.ts'
import type { SegmentOptions } from './options.ts'

/** Watches, in media time, that a stream can be cut at all. Its limits are the only bound on an open segment. */
export class CutGuard {
  readonly #options: SegmentOptions
  #bytes = 0
  #keyMs: number | undefined
  #audioMs: number | undefined
  #audioMsAtVideo: number | undefined

  constructor(options: SegmentOptions) {
    this.#options = options
  }

  /** A segment was finished, or the clock jumped. */
  restart(): void {
    this.#bytes = 0
    this.#keyMs = undefined
    this.#audioMs = undefined
    this.#audioMsAtVideo = undefined
  }

  /** Throws `LP_SEGMENT_TOO_LARGE`. */
  count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#options.maxSegmentBytes) throw segmentTooLarge(this.#bytes, this.#options.maxSegmentBytes)
  }

  /** Throws `LP_SEGMENT_NO_KEYFRAME`. Tracks are measured each by its own clock: these may lie apart. */
  video(ms: number, key: boolean): void {
    this.#audioMsAtVideo = this.#audioMs
    if (key || this.#keyMs === undefined) {
      this.#keyMs = ms
      return
    }
    const since = ms - this.#keyMs
    if (since > this.#options.keyframeLimitMs) throw noKeyframe(since, this.#options.keyframeLimitMs)
  }

  /** Throws `LP_SEGMENT_NO_VIDEO`. */
  audio(ms: number): void {
    this.#audioMs = ms
    this.#audioMsAtVideo ??= ms
    const since = ms - this.#audioMsAtVideo
    if (since > this.#options.keyframeLimitMs) throw noVideo(since, this.#options.keyframeLimitMs)
  }
}
