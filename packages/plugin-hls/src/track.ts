import type { MediaInfo, Profile } from '@livepeer-node/sdk'
import type { Variant } from './playlist.ts'

interface TrackSegment {
  readonly byteLength: number
  readonly durationMs: number
  /** Seconds. */
  readonly targetDuration: number
}

/** What is known of one rendition over the life of its stream: its looks, its bit rate, whether it still comes. */
export class RenditionTrack {
  readonly name: string
  readonly #profile: Profile | undefined
  #info: MediaInfo | undefined
  #peak = 0
  #bits = 0
  #durationMs = 0
  #missed = 0
  #arrived = false

  constructor(name: string, profile: Profile | undefined) {
    this.name = name
    this.#profile = profile
  }

  /** It came at least once. */
  get arrived(): boolean {
    return this.#arrived
  }

  /** Entries in a row without it. */
  get missedInRow(): number {
    return this.#missed
  }

  get described(): boolean {
    return this.#info !== undefined
  }

  get hasSound(): boolean {
    return this.#info?.audio !== undefined
  }

  describe(info: MediaInfo): void {
    this.#info = info
  }

  /**
   * Counts a segment that came. BANDWIDTH is the densest stretch of at least half a target duration (RFC 8216 §4.3.4.2),
   * so a short last segment with its one large key frame doesn't count for it.
   */
  came(segment: TrackSegment): void {
    this.#arrived = true
    this.#missed = 0
    const bits = segment.byteLength * 8
    this.#bits += bits
    this.#durationMs += segment.durationMs
    const long = segment.durationMs >= segment.targetDuration * 500
    if (segment.durationMs > 0 && (long || this.#peak === 0)) {
      this.#peak = Math.max(this.#peak, (bits * 1000) / segment.durationMs)
    }
  }

  missed(): void {
    this.#missed += 1
  }

  variant(): Variant {
    const video = this.#info?.video
    return {
      name: this.name,
      bandwidth: Math.max(this.#peak, this.#profile?.bitrate ?? 0, 1),
      averageBandwidth: this.#durationMs > 0 ? (this.#bits * 1000) / this.#durationMs : 0,
      width: video?.width ?? this.#profile?.width ?? 0,
      height: video?.height ?? this.#profile?.height ?? 0,
      frameRate: this.#frameRate(),
      codecs: this.#codecs(),
    }
  }

  #frameRate(): number {
    const fps = this.#info?.video?.fps
    if (fps && fps.num > 0 && fps.den > 0) return fps.num / fps.den
    return this.#profile ? this.#profile.fps / (this.#profile.fpsDen || 1) : 0
  }

  /** All or nothing: a CODECS attribute that leaves out a codec of the stream makes players refuse it. */
  #codecs(): readonly string[] {
    const present = [this.#info?.video, this.#info?.audio].filter((track) => track !== undefined)
    const names = present.map((track) => track.codecString)
    return names.every((name) => name !== '') ? names : []
  }
}
