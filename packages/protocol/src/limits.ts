/**
 * Bounds and waits that both ends of the wire count on (wire.md §2.4, §9.2, §10, §11). Times in ms, sizes in bytes.
 */

/** Largest segment, multipart part and download. */
export const MAX_SEGMENT_BYTES = 300_000_000
/** What the reference says of a larger one. */
export const TOO_LARGE_TEXT = 'input bigger than max buffer size'
/** Longest segment. */
export const MAX_SEGMENT_DURATION_MS = 300_000
/** What a segment without a duration is taken to last. */
export const DEFAULT_SEGMENT_DURATION_MS = 2000
/** A rendition with fewer bytes is no rendition. */
export const MIN_RENDITION_BYTES = 25
/** Largest gRPC message. */
export const MAX_GRPC_BYTES = 4 * 1024 * 1024

/** Opening a gRPC connection. */
export const GRPC_DIAL_MS = 3000
/** One gRPC call, where nothing else is said. */
export const GRPC_CALL_MS = 8000
/** GetOrchestrator when a session's token is renewed, dial included. */
export const SESSION_REFRESH_MS = 2500
/** Opening the connection for a segment. */
export const SEGMENT_DIAL_MS = 2000
/** A connection for segments may lie idle this long. */
export const IDLE_CONNECTION_MS = 60_000
/** Fetching a segment or a rendition, body included. */
export const DOWNLOAD_MS = 4000
/** Discovery ends after this when something usable came, and goes on doubling until then otherwise. */
export const DISCOVERY_MS = 500
/** Discovery ends after this in any case. */
export const DISCOVERY_LIMIT_MS = 6000
/** A session without a job ends at the orchestrator, and at a transcoder, after this. */
export const SESSION_IDLE_MS = 70_000

/** Jobs of one session that may wait behind the running one. */
export const SESSION_QUEUE = 4
/** Sessions at once of a node that was not told otherwise. */
export const DEFAULT_MAX_SESSIONS = 10
/** Files that the in-memory store keeps per rendition (and of sources). */
export const STORE_FILES = 12
/** Attempts of a broadcaster per segment. */
export const DEFAULT_MAX_ATTEMPTS = 3

const HTTP_MS = 8000

/** The whole call of `/segment`. `multiplier` is the operator's timeout multiplier. */
export function segmentCallMs(durationMs: number, multiplier = 1): number {
  return Math.max(HTTP_MS, 4 * durationMs) * multiplier
}

/** `/segment` until the answer's headers. */
export function segmentHeadersMs(durationMs: number, multiplier = 1): number {
  return Math.max(2000, durationMs / 2) * multiplier
}

/** How long an orchestrator waits for a transcoder's result, from sending the job. */
export function remoteTranscodeMs(durationMs: number): number {
  return Math.max(HTTP_MS, 4 * durationMs)
}

/** First wait before a transcoder attaches again; grows by `RECONNECT_FACTOR`, ±`RECONNECT_JITTER`, up to `RECONNECT_MAX_MS`. */
export const RECONNECT_FIRST_MS = 500
export const RECONNECT_FACTOR = 1.5
export const RECONNECT_JITTER = 0.5
export const RECONNECT_MAX_MS = 60_000
