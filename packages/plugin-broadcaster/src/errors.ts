import { LivepeerError } from '@livepeer-node/sdk'
import type { Slowness } from './upkeep.ts'

/** Refusals of a publisher. */
export function streamExists(playbackId: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_STREAM_EXISTS',
    kind: 'input',
    message: `The stream "${playbackId}" is already being published.`,
    observed: playbackId,
    remedy: 'Stop the first publisher, or publish under another playback id.',
  })
}

export function streamLimit(live: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_STREAM_LIMIT',
    kind: 'limit',
    message: `${live} streams are live, no more are accepted.`,
    observed: live,
    limit,
    remedy: 'End a stream, or raise maxSessions.',
  })
}

export function tooSlowForMore(live: number, { slow, segments, limit }: Slowness): LivepeerError {
  return new LivepeerError({
    code: 'LP_STREAM_LIMIT',
    kind: 'limit',
    message: `The ${live} live streams are not kept up with, no more are accepted.`,
    observed: `${slow} of the last ${segments} segments were too slow`,
    limit: `${limit * 100} % of the segments of a minute`,
    remedy: 'Use more or faster orchestrators or a smaller ladder, or set maxSessions to a number.',
  })
}

export function noSegmenter(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_SEGMENTER',
    kind: 'config',
    message: 'No plugin of this node cuts streams into segments.',
    remedy: 'Add @livepeer-node/plugin-segmenter to the plugins.',
  })
}

export function draining(): LivepeerError {
  return new LivepeerError({
    code: 'LP_DRAINING',
    kind: 'limit',
    message: 'This node is shutting down and takes no streams.',
    remedy: 'Publish to another node, or again once this one is back.',
  })
}

export function badPlaybackId(playbackId: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PLAYBACK_ID_INVALID',
    kind: 'input',
    message: 'The playback id is not usable in URLs and file names.',
    observed: playbackId.slice(0, 80),
    limit: 'letters, digits and _ . ~ + = @ -, starting with a letter, digit or _, 1 to 128 long',
    remedy: 'Publish to rtmp://<host>/live/<playback id>.',
  })
}

/** One answer for a wrong key, a missing key and an unknown id: a stranger learns nothing from it. */
export function streamKeyRefused(): LivepeerError {
  return new LivepeerError({
    code: 'LP_STREAM_KEY',
    kind: 'input',
    message: 'The publish URL carries no valid stream key.',
    remedy: 'Publish to /live/<playback id>/<stream key>, or to /live/<stream key>, with a key of streamKeys.',
  })
}

export function noProber(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_PROBER',
    kind: 'config',
    message: 'localVerify needs a plugin that decodes media, and there is none.',
    remedy: 'Add @livepeer-node/plugin-segmenter, or set localVerify to false.',
  })
}

/** Why a rendition is missing. */
export function backlog(inFlight: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_BACKLOG',
    kind: 'limit',
    message: `${inFlight} segments of this stream are still being transcoded; this one was not submitted.`,
    observed: inFlight,
    limit: inFlight,
    remedy: 'Use more or faster orchestrators, a smaller ladder, or raise maxSegmentsInFlight.',
  })
}

export function allBehind(orchestrators: number, limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_BACKLOG',
    kind: 'limit',
    message: 'No orchestrator had time for this segment; it was not submitted.',
    observed: `${orchestrators} orchestrators, all behind with this stream`,
    limit: `${limitMs} ms`,
    remedy: 'Use more or faster orchestrators, or a smaller ladder.',
  })
}

export function segmentLate(waiting: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_LATE',
    kind: 'peer',
    message: `Given up so that the stream can go on: ${waiting} later segments waited for this one.`,
    observed: waiting,
    remedy: 'Look in the log for what its orchestrators answered.',
  })
}

export function noOrchestrator(why: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_ORCHESTRATOR',
    kind: 'peer',
    message: `No orchestrator can take this segment: ${why}.`,
    remedy: 'Check orchAddr and the log lines of refused orchestrators.',
  })
}

export function publisherFailed(cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PUBLISHER_FAILED',
    kind: 'bug',
    message: `A publisher failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'The other publishers went on; report it to the author of the publishing plugin.',
    cause,
  })
}

export function publisherStuck(limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_PUBLISHER_STUCK',
    kind: 'bug',
    message: 'A publisher did not finish in time and is left out for the rest of the stream.',
    limit: limitMs,
    remedy: 'The other publishers go on; report it to the author of the publishing plugin.',
  })
}

export function sessionUnknown(sessionId: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_SESSION_UNKNOWN',
    kind: 'bug',
    message: 'A selection strategy chose a session that it was not offered.',
    observed: sessionId,
    remedy: 'Report it to the author of the plugin that answers session.select.',
  })
}

/** The account's key, or what signs in its place, failed. */
export function signingFailed(cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_SIGNING',
    kind: 'environment',
    message: `A segment could not be signed: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Look at the signer of this account.',
    cause,
  })
}
