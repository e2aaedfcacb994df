import { WireText } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'

/** What made the node's own set-up impossible. */
export const plaintextUnsupported = (option: string, value: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_PLAINTEXT_UNSUPPORTED',
    kind: 'config',
    message: `${option} "${value}" asks for a listener without TLS, which this orchestrator does not have.`,
    remedy: 'Leave http:// away. The certificate is made at each start; peers do not verify it.',
    observed: value,
  })

export const takesNoWork = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_SERVICE_ADDR_NONE',
    kind: 'config',
    message: 'serviceAddr "none" makes an orchestrator that nobody can give work to.',
    remedy: 'Set serviceAddr to the host and port that broadcasters reach.',
    observed: 'none',
  })

export const noSecret = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_ORCH_SECRET_MISSING',
    kind: 'config',
    message:
      'No transcoder in this process, no orchSecret and no token by which one could attach: every segment will fail.',
    remedy:
      'Make a token with "livepeer transcoders add NAME" (no restart needed), or set orchSecret and start transcoders with the same one, or run a transcoder in this process (--transcoder).',
  })

/** Draining: new sessions are refused; the text is matched by peers (wire.md §7.4). */
export const drainRefusal = (live: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_DRAINING',
    kind: 'limit',
    message: 'The orchestrator is draining and takes no new session.',
    remedy: 'Use another orchestrator.',
    observed: live,
    wireText: WireText.capped,
  })

/** New sessions are refused; the text is matched by peers (wire.md §7.4). `why` keeps the limit from being higher. */
export const capped = (live: number, limit: number, why: { message: string; remedy: string }): LivepeerError =>
  new LivepeerError({
    code: 'LP_ORCHESTRATOR_CAPPED',
    kind: 'limit',
    message: `All sessions are taken: ${why.message}`,
    remedy: why.remedy,
    observed: live,
    limit,
    wireText: WireText.capped,
  })

export const busy = (sessionId: string, limit: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_ORCHESTRATOR_BUSY',
    kind: 'limit',
    message: `Session ${sessionId} has its queue full: segments come faster than they are transcoded.`,
    remedy: 'Ask for fewer or smaller renditions, or use a faster transcoder.',
    limit,
    wireText: WireText.busy,
  })

export const sessionEnded = (sessionId: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_SESSION_ENDED',
    kind: 'peer',
    message: `Session ${sessionId} ended while its segment was being transcoded.`,
    wireText: WireText.sessionEnded,
  })

export const endWithoutToken = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_END_WITHOUT_TOKEN',
    kind: 'input',
    message: 'EndTranscodingSession without auth_token names no session.',
    remedy: 'Send the token of the session that shall end.',
  })

export const incompatible = (detail: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_CAPABILITIES_INCOMPATIBLE',
    kind: 'peer',
    message: 'The job needs capabilities that this orchestrator does not have.',
    remedy: 'Attach a transcoder that has them, or ask for other renditions.',
    observed: detail,
    wireText: WireText.incompatibleJob,
  })

export const unexpectedFailure = (cause: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_ORCHESTRATOR_FAILURE',
    kind: 'bug',
    message: `Serving a request failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
    wireText: WireText.internal,
    cause,
  })

export const requestUnsigned = (cause: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_REQUEST_SIGNATURE',
    kind: 'peer',
    message: 'GetOrchestrator is not signed by the address in it.',
    remedy: 'Let the broadcaster sign with the key of its address.',
    wireText: WireText.requestSignature,
    cause,
  })

/** With a capital, unlike the same of `/segment` (wire.md §9.1). */
export const tokenForeign = (sessionId: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_AUTH_TOKEN_INVALID',
    kind: 'input',
    message: 'A session was to be ended with a token that this orchestrator did not issue.',
    remedy: 'Send the token unchanged; tokens do not outlive the process that issued them.',
    observed: sessionId,
    wireText: WireText.invalidSessionToken,
  })
