import type { LivepeerError } from '../errors.ts'
import type { MediaInfo } from './media.ts'
import type { Ladder, Profile, SegmentFormat } from './profile.ts'

/** Somebody wants to publish. */
export interface PublishRequest {
  /** `rtmp`, or what another ingest calls itself. */
  readonly protocol: string
  /** The whole URL with its query, for webhooks and logs. Holds the key: mask it before printing. */
  readonly url: string
  /** What the URL names as the playback id; `undefined`: choose one. */
  readonly playbackId: string | undefined
  /** What the URL gives as stream key; `undefined`: none was given. */
  readonly streamKey: string | undefined
  /** Address of the publisher, `ip:port`. */
  readonly remote: string
}

/** May this publisher come in? */
export type PublishDecision =
  | {
      readonly allow: true
      /** Plays under this id instead of the URL's. */
      readonly playbackId?: string
      /** These renditions instead of the node's default. */
      readonly ladder?: Ladder
    }
  | { readonly allow: false; readonly error: LivepeerError }

/** A live stream of this node. */
export interface Stream {
  /** The playback id: names the stream in playlists, on the wire (manifest id) and in logs. Never the stream key. */
  readonly id: string
  readonly protocol: string
  readonly ladder: Ladder
  /** ms since 1970. */
  readonly startedAt: number
}

/** Why a stream ended. */
export type CloseReason = 'ended' | 'lost' | 'stalled' | 'refused' | 'failed' | 'drained'

/** One RTMP audio or video message body (an FLV tag's data). */
export interface MediaPacket {
  readonly kind: 'video' | 'audio'
  /** Decoding time in ms, 32 bits, as sent; wraps after 49.7 days. */
  readonly timestampMs: number
  /** The sink may keep it: the ingest hands over a copy of its own. */
  readonly data: Uint8Array
}

/** Takes the packets of one stream. */
export interface PacketSink {
  /** False: full. Stop reading until `ready()` resolves; what was given is kept all the same. */
  write(packet: MediaPacket): boolean
  /** Resolves when there is room again, or when the sink is closed. */
  ready(): Promise<void>
  /** End of stream: the open segment is emitted, then this resolves. */
  end(): Promise<void>
  /** Broken stream: nothing more is emitted. */
  abort(): Promise<void>
}

/** A piece of a stream. Made once, never changed. */
export interface Segment {
  readonly streamId: string
  /** 0, 1, 2, … without a hole. */
  readonly seq: number
  readonly durationMs: number
  readonly bytes: Uint8Array
  readonly format: SegmentFormat
  /** Starts with a key frame. */
  readonly keyed: boolean
  /** Its clock or its codecs do not go on from the segment before. */
  readonly discontinuity: boolean
  readonly probe: MediaInfo
}

/** Takes the segments of one stream, in order. */
export interface SegmentSink {
  segment(segment: Segment): void
  /** The segmenter gives up: no key frame, no video, undecodable headers. Nothing follows. */
  failed(error: LivepeerError): void
}

/** An accepted stream, as its ingest holds it. */
export interface Publication {
  readonly stream: Stream
  /** Aborts when the node wants the publisher gone (drain, stall, failure); `reason` is a `LivepeerError`. */
  readonly signal: AbortSignal
  readonly packets: PacketSink
  /** The publisher is gone. Resolves when its last segment has been handed on. Calling it twice is harmless. */
  close(reason: CloseReason): Promise<void>
}

/** One rendition of one segment, ready to be played; or the word that there is none. */
export type RenditionOutcome =
  | {
      readonly ok: true
      readonly name: string
      readonly profile: Profile | undefined
      readonly bytes: Uint8Array
      readonly format: SegmentFormat
    }
  | { readonly ok: false; readonly name: string; readonly profile: Profile | undefined; readonly error: LivepeerError }

/** A segment with all its renditions, `source` first, then in ladder order. */
export interface PublishedSegment {
  readonly streamId: string
  readonly seq: number
  readonly durationMs: number
  readonly discontinuity: boolean
  readonly source: MediaInfo
  readonly renditions: readonly RenditionOutcome[]
}

/** Shows one stream to the world. Called one at a time, `seq` without holes, ascending. */
export interface Publisher {
  publish(segment: PublishedSegment): Promise<void>
  /** No segment follows. What was published stays playable for as long as the publisher's window says. */
  end(reason: CloseReason): Promise<void>
}

/** What happened to one segment, for pages, logs and metrics. */
export interface SegmentReport {
  readonly streamId: string
  readonly seq: number
  readonly durationMs: number
  readonly sourceBytes: number
  /** ms from the segment's arrival to its publication. */
  readonly latencyMs: number
  readonly attempts: readonly SegmentAttempt[]
  /** Names of the renditions that are missing. */
  readonly missing: readonly string[]
}

export interface SegmentAttempt {
  /** Service URI of the orchestrator. */
  readonly orchestrator: string
  readonly ms: number
  /** Code of the error, or `undefined` for success. */
  readonly error: string | undefined
}
