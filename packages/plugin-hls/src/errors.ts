import { LivepeerError } from '@livepeer-node/sdk'

/** Segments must come in order, without a hole: playlists number them by their place. */
export function outOfSequence(streamId: string, observed: number, expected: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_HLS_SEQUENCE',
    kind: 'bug',
    message: `Stream ${streamId}: segment ${observed} was published where ${expected} was due.`,
    observed,
    limit: expected,
    remedy: 'Publish each segment once, in order; report this if the node’s own broadcaster did it.',
  })
}

/** The stream's end was told already. */
export function streamEnded(streamId: string, seq: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_HLS_ENDED',
    kind: 'bug',
    message: `Stream ${streamId}: segment ${seq} was published after the stream had ended.`,
    observed: seq,
    remedy: 'Open a new stream; report this if the node’s own broadcaster did it.',
  })
}

/** A rendition could not be looked into: it is listed with what its profile asks for. */
export function renditionUnreadable(streamId: string, rendition: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_HLS_PROBE',
    kind: 'input',
    message: `Stream ${streamId}: rendition ${rendition} could not be probed; its size and codecs are guessed from its profile.`,
    observed: cause instanceof Error ? cause.message : String(cause),
    remedy: 'If players refuse it, look at the orchestrator that made it. The next segment is probed again.',
    cause,
  })
}
