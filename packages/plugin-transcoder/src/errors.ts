import { TOO_LARGE_TEXT, WireText } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'

/** No backend takes the session. */
export function noBackend(sessionId: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_BACKEND',
    kind: 'limit',
    message: `No transcode backend takes session ${sessionId}.`,
    remedy: 'Add a backend plugin (plugin-cpu-x264, plugin-nvenc) or raise the sessions of the one that is full.',
    wireText: WireText.unavailable,
    cause,
  })
}

/** All sessions are at work. */
export function full(limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODER_FULL',
    kind: 'limit',
    message: `All ${limit} sessions of this transcoder are at work.`,
    remedy: 'Raise maxSessions if the machine has room, or attach another transcoder.',
    observed: limit,
    limit,
    wireText: 'TranscoderBusy',
  })
}

/** No new session while the node winds up; those that run go on. */
export function draining(): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODER_DRAINING',
    kind: 'limit',
    message: 'This transcoder is being drained: it takes no new session.',
    remedy: 'Nothing: the orchestrator gives the session to another transcoder.',
    wireText: 'TranscoderBusy',
  })
}

/** The machine does not keep up with the sessions that it has. */
export function tooLate(observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODER_LATE',
    kind: 'limit',
    message: `Segments take ${observed.toFixed(2)} times their duration (p95): no new session until it is below ${limit}.`,
    remedy: 'Attach another transcoder, use a faster backend or a smaller ladder, or set maxSessions lower.',
    observed: Number(observed.toFixed(3)),
    limit,
    wireText: 'TranscoderBusy',
  })
}

/** One session sends faster than it is served. */
export function sessionBusy(sessionId: string, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODER_BUSY',
    kind: 'limit',
    message: `Session ${sessionId} has ${limit} segments waiting already.`,
    remedy: 'The machine is too slow for this stream: lower the ladder, or use a faster backend.',
    observed: limit,
    limit,
    wireText: 'TranscoderBusy',
  })
}

/** The session or the node ended before the segment's turn came. */
export function stopped(sessionId: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODER_STOPPED',
    kind: 'peer',
    message: `Session ${sessionId} ended before the segment was transcoded.`,
    remedy: 'Nothing, if the stream has ended or the node is stopping.',
    wireText: 'TranscoderStopped',
  })
}

/** The node goes down with a segment in hand. */
export function stopping(): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODER_STOPPED',
    kind: 'peer',
    message: 'The transcoder stopped before the segment was done.',
    remedy: 'Raise drainTimeoutMs if segments take long.',
    wireText: 'TranscoderStopped',
  })
}

export function secretMissing(): LivepeerError {
  return new LivepeerError({
    code: 'LP_SECRET_MISSING',
    kind: 'config',
    message: 'There is an orchestrator to attach to, but no secret to attach with.',
    remedy: 'Set orchSecret (--orch-secret, LP_ORCH_SECRET) to the orchestrator’s secret or to a file that holds it.',
  })
}

/** It would wait for ever, and say that it is ready. */
export function nobodyToWorkFor(): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODER_IDLE',
    kind: 'config',
    message: 'This transcoder has nobody to work for: no orchAddr is set, and no orchestrator is in its process.',
    remedy: 'Set orchAddr (--orch-addr, LP_ORCH_ADDR) to the service address of its orchestrator.',
  })
}

export function secretRefused(orchestrator: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_SECRET_REFUSED',
    kind: 'config',
    message: `Orchestrator ${orchestrator} does not know this transcoder’s secret.`,
    remedy:
      'Give it the orchSecret of the orchestrator, or a token of its own that was not revoked (livepeer transcoders tokens). This node keeps trying, once a minute.',
    observed: orchestrator,
  })
}

export function unreachable(orchestrator: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_UNREACHABLE',
    kind: 'peer',
    message: `Orchestrator ${orchestrator} cannot be reached: ${textOf(cause)}.`,
    remedy: 'Check orchAddr, that the orchestrator runs, and that its port is open. This node keeps trying.',
    observed: orchestrator,
    cause,
  })
}

export function detached(orchestrator: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_LOST',
    kind: 'peer',
    message: `Orchestrator ${orchestrator} let this transcoder go: ${textOf(cause)}.`,
    remedy: 'Nothing, if it was restarted. This node attaches again by itself.',
    observed: orchestrator,
    cause,
  })
}

export function noSegmentData(): LivepeerError {
  return new LivepeerError({
    code: 'LP_JOB_EMPTY',
    kind: 'peer',
    message: 'The orchestrator sent a job without a description of its segment.',
    remedy: 'Update the orchestrator.',
    wireText: WireText.noSegmentData,
  })
}

export function incompatible(detail: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_JOB_INCOMPATIBLE',
    kind: 'peer',
    message: `The job needs what this transcoder does not have: ${detail}.`,
    remedy: 'Add a backend that has it; the orchestrator should not have picked this transcoder.',
    observed: detail,
    wireText: WireText.incompatibleSegment,
  })
}

/** Clip bounds: only whole segments are transcoded here. */
export function clipUnsupported(from: bigint, to: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_CLIP_UNSUPPORTED',
    kind: 'input',
    message: `A part of a segment was asked for (${from} to ${to} ms); only whole segments are transcoded.`,
    remedy: 'Send whole segments, and cut the renditions afterwards.',
    observed: `${from}-${to}`,
    wireText: 'TranscoderInvalidClipConfig',
  })
}

/** The source did not come; `wireText` is what the broadcaster reads. */
export function downloadFailed(url: string, wireText: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SOURCE_DOWNLOAD',
    kind: 'peer',
    message: `The source segment at ${url} could not be fetched: ${wireText}.`,
    remedy: 'The orchestrator’s service address must be reachable from this machine: check its serviceAddr.',
    observed: url,
    wireText,
    cause,
  })
}

export function sourceTooLarge(url: string, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SOURCE_TOO_LARGE',
    kind: 'input',
    message: `The source segment at ${url} has more than ${limit} bytes.`,
    remedy: 'Cut shorter segments, or lower the publisher’s bit rate.',
    observed: url,
    limit,
    wireText: TOO_LARGE_TEXT,
  })
}

export function profileMismatch(observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_PROFILE_MISMATCH',
    kind: 'bug',
    message: `The backend made ${observed} renditions where ${limit} were asked for.`,
    remedy: 'Report this with the backend’s name.',
    observed,
    limit,
    wireText: WireText.profileMismatch,
  })
}

/** The orchestrator has stopped waiting. */
export function tooSlow(limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TRANSCODE_TIMEOUT',
    kind: 'limit',
    message: `The segment took longer than the ${limitMs} ms that the orchestrator waits.`,
    remedy: 'Lower maxSessions or the ladder, or use a faster backend.',
    limit: limitMs,
    wireText: WireText.transcoderTimeout,
  })
}

/** The orchestrator did not take note of the drain. */
export function drainUnheard(orchestrator: string, why: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_DRAIN_UNHEARD',
    kind: 'peer',
    message: `Orchestrator ${orchestrator} did not take note that this transcoder is drained: ${why}.`,
    remedy: 'Nothing: it leaves between two segments, and the orchestrator sends the next ones elsewhere.',
    observed: orchestrator,
  })
}

/** The result could not be handed in. */
export function resultLost(orchestrator: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_RESULT_LOST',
    kind: 'peer',
    message: `The result could not be handed to ${orchestrator}: ${textOf(cause)}.`,
    remedy: 'Check the network between the two; the broadcaster tries the segment elsewhere.',
    observed: orchestrator,
    cause,
  })
}

/** The orchestrator took the result and said no. */
export function resultRefused(orchestrator: string, status: number, text: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_RESULT_REFUSED',
    kind: 'peer',
    message: `Orchestrator ${orchestrator} refused the result: ${status} ${text}`.trimEnd(),
    remedy: status === 401 ? 'Give both the same orchSecret.' : 'Look at the orchestrator’s log.',
    observed: status,
  })
}

/** What was thrown, for a message. */
export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
