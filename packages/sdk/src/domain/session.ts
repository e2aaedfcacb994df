import type { MediaInfo } from './media.ts'
import type { Ladder, Profile } from './profile.ts'
import type { Segment } from './stream.ts'

/** A stream that needs an orchestrator. */
export interface JobSpec {
  readonly streamId: string
  readonly ladder: Ladder
  /** Bit c = capability c of wire.md §5.1 is needed. */
  readonly capabilities: bigint
}

/** An orchestrator that could be asked. */
export interface Candidate {
  /** `https://host:port`, no path, no trailing slash. */
  readonly uri: string
  /** Named by the operator (list, same process) and not just found. */
  readonly trusted: boolean
  /** Who named it, for logs: `list`, `local`, `chain`, … */
  readonly origin: string
  /** What is staked on it, in wei of LPT; absent: not known. */
  readonly stake?: bigint
}

/** An open session with an orchestrator, as a selection strategy sees it. */
export interface SessionView {
  readonly sessionId: string
  /** Service URI. */
  readonly orchestrator: string
  readonly trusted: boolean
  /** (upload + transcode + result time) / max(1.5 s, segment duration); `undefined`: not tried yet. Under 1 = keeps up. */
  readonly latencyScore: number | undefined
  readonly segmentsInFlight: number
  /** Wei per pixel, `n/d` in lowest terms; absent: the work is free. */
  readonly price?: string
  /** What is staked on it, in wei of LPT; absent: not known. */
  readonly stake?: bigint
}

export type SessionOutcome = 'ended' | 'failed' | 'suspended' | 'refreshed'

/** A rendition as it came back from an orchestrator, before it is published. */
export interface RenditionResult {
  readonly profile: Profile
  readonly bytes: Uint8Array
  /** What the orchestrator says it encoded, and bills. */
  readonly pixels: number
}

/** What a verifier looks at. */
export interface VerifyRequest {
  readonly segment: Segment
  readonly source: MediaInfo
  readonly orchestrator: string
  readonly renditions: readonly RenditionResult[]
}

export interface Rejection {
  /** Stable, `LP_VERIFY_…`. */
  readonly code: string
  readonly why: string
  /** Drop the orchestrator from this stream? */
  readonly drop: boolean
}
