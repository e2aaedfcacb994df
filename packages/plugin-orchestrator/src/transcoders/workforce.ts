import type { Capabilities, SegData } from '@livepeer-node/protocol'
import type { Ladder, SegmentFormat } from '@livepeer-node/sdk'

/** A segment that passed every check, ready to be transcoded. */
export interface Job {
  /** Of the auth token: names queue, results and transcoder. */
  readonly sessionId: string
  /** The manifest id: what the broadcaster calls the stream. */
  readonly streamId: string
  readonly seq: bigint
  readonly durationMs: number
  readonly ladder: Ladder
  readonly bytes: Uint8Array
  /** The message as it came, for what is passed on to an attached transcoder. */
  readonly data: SegData
}

/** One transcoded rendition as it came back. */
export interface Rendition {
  readonly bytes: Uint8Array
  readonly format: SegmentFormat
  /** Sum over encoded frames of width × height (wire.md §7.3). */
  readonly pixels: bigint
  /** MPEG-7 signature, where one was asked for and made. */
  readonly perceptualHash?: Uint8Array
}

/** What keeps an orchestrator from taking more sessions. */
export interface Bottleneck {
  readonly name: string
  /** Sessions that it takes. */
  readonly capacity: number
  /** Of its latest segments, time taken over duration; `undefined`: too few to tell. */
  readonly ratioP95: number | undefined
  /** Transcoders that get no new session whatever room they have, and why: `berlin-1 is late`. */
  readonly resting: readonly string[]
}

/** Who transcodes for this orchestrator: the transcoder in its process, or those that attached. */
export interface Workforce {
  /** Sessions at once, all together. */
  readonly capacity: number
  readonly capabilities: Capabilities
  /** In ladder order. Rejects with an error whose `wireText` goes to the broadcaster. */
  transcode(job: Job, signal: AbortSignal): Promise<readonly Rendition[]>
  endSession(sessionId: string): void
  /** The slowest; `undefined`: there is none at all. */
  readonly bottleneck: Bottleneck | undefined
  /** For the status page. */
  status(): unknown
  /** Choices among several so far, by reason. */
  readonly placements: ReadonlyMap<string, number>
  /** How many entries each list has that must not grow for ever. */
  readonly registries: Readonly<Record<string, number>>
  /** No job follows; those who attached are sent home. */
  close(): void
}
