import type { MediaInfo } from './media.ts'
import type { Ladder, SegmentFormat } from './profile.ts'

/** A stream's worth of transcoding: what is the same for all its segments. */
export interface TranscodeSpec {
  /** The auth token's session id on the wire; anything unique in the process otherwise. */
  readonly sessionId: string
  readonly ladder: Ladder
  /** Written into the outputs as service provider (TS) or comment (MP4), media.md §6.1; empty: none. */
  readonly provider: string
}

/** One segment to transcode. */
export interface SourceSegment {
  readonly seq: number
  /** 0 = unknown. */
  readonly durationMs: number
  readonly bytes: Uint8Array
}

/** One encoded rendition. */
export interface EncodedRendition {
  readonly name: string
  readonly bytes: Uint8Array
  readonly format: SegmentFormat
  readonly frames: number
  /** Sum over encoded frames of real width × height: what is billed (wire.md §7.3). */
  readonly pixels: number
  /** Size of the last frame, pixels. */
  readonly width: number
  readonly height: number
}

export interface TranscodeResult {
  /** In ladder order, one per profile. */
  readonly renditions: readonly EncodedRendition[]
  readonly decodedFrames: number
  readonly decodedPixels: number
  readonly source: MediaInfo
}

/** Error code of a session that ends because what it runs on failed. */
export const BACKEND_LOST = 'LP_BACKEND_LOST'

/** Transcodes the segments of one session, one after the other. */
export interface TranscodeSession {
  /** The backend's name. */
  readonly backend: string
  /**
   * Rejects with an error whose `wireText` is what a peer must read (wire.md §7.4, §7.5). The session stays usable,
   * a crash of the worker included: the segment was then tried twice. Code `BACKEND_LOST`: what it runs on is gone, a
   * card that fails: close the session, ask `transcode.claim` again and give the segment to the new one.
   */
  transcode(segment: SourceSegment, signal: AbortSignal): Promise<TranscodeResult>
  /** Frees what the session holds. Calling it twice is harmless. */
  close(): Promise<void>
}

/** Something that can transcode: CPU, a card, a farm. */
export interface TranscodeBackend {
  readonly name: string
  /**
   * Opens a session; a slot counts as taken from the call on. Rejects with kind `limit` when it is full after all
   * (a card's encoder limit): the caller then asks `transcode.claim` again.
   */
  open(spec: TranscodeSpec, signal: AbortSignal): Promise<TranscodeSession>
}

/** What a backend can do, for the capabilities that a node reports (wire.md §5). */
export interface BackendOffer {
  readonly backend: string
  /** Sessions at once. */
  readonly slots: number
  /** Capability numbers of wire.md §5.1. */
  readonly capabilities: readonly number[]
  /** Settings that its speed depends on, as `preset=medium`: what was measured with others says nothing. */
  readonly settings?: string
}

/** A processor or a card that a backend works on. A snapshot. */
export interface TranscodeDevice {
  /** The backend's name. */
  readonly backend: string
  /** `cpu`, or the card's number. */
  readonly id: string
  /** What it is, as `NVIDIA T4` or the processor's model. */
  readonly name: string
  /** `out`: taken out after a failure and tried again later; `problem` says why. */
  readonly state: 'ok' | 'out'
  readonly problem?: string
  /** What to do about the problem. */
  readonly remedy?: string
  /** Version of the driver, where there is one. */
  readonly driver?: string
  /** Sessions that it has now, and takes at once. */
  readonly sessions: number
  readonly slots: number
  /** From 0 to 1, where it is known. */
  readonly utilisation?: number
  /** As above, of the card's encoders alone. */
  readonly encoderUtilisation?: number
  readonly memoryUsedBytes?: number
  readonly memoryTotalBytes?: number
  /** Encoders open on the card, all processes together, where it is known. */
  readonly encoderSessions?: number
  /** Encoders that the driver gives, where it limits them. */
  readonly encoderSessionLimit?: number
}

export interface TranscodeJob {
  readonly spec: TranscodeSpec
  readonly segment: SourceSegment
}

/** A transcoder inside the orchestrator's own process: no second hop. */
export interface LocalTranscoder {
  /** Sessions at once. */
  readonly capacity: number
  /** Capability numbers of wire.md §5.1. */
  readonly capabilities: readonly number[]
  transcode(job: TranscodeJob, signal: AbortSignal): Promise<TranscodeResult>
  /** Ends a session; an unknown one is fine. */
  endSession(sessionId: string): Promise<void>
}
