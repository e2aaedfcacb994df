import { LivepeerError } from '@livepeer-node/sdk'

/** What made the node's own set-up impossible. */
export const listenFailed = (address: string, cause: NodeJS.ErrnoException): LivepeerError =>
  cause.code === 'EADDRINUSE'
    ? new LivepeerError({
        code: 'LP_PORT_TAKEN',
        kind: 'environment',
        message: `The orchestrator cannot listen on ${address}: another program does.`,
        remedy: 'Stop that program, or choose another port with listenAddr (0 takes any free one).',
        observed: address,
        cause,
      })
    : new LivepeerError({
        code: 'LP_LISTEN_FAILED',
        kind: 'environment',
        message: `The orchestrator cannot listen on ${address}: ${cause.message}.`,
        remedy: 'Set listenAddr to an address of this machine and a port that this user may open.',
        observed: address,
        cause,
      })

export const addressInvalid = (option: 'serviceAddr' | 'listenAddr', value: string, why: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_ADDRESS_INVALID',
    kind: 'config',
    message: `${option} "${value}" ${why}.`,
    remedy: 'Write it as host:port, for example orchestrator.example.com:8935 or [::1]:8935.',
    observed: value,
  })

export const plaintextUnsupported = (option: string, value: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_PLAINTEXT_UNSUPPORTED',
    kind: 'config',
    message: `${option} "${value}" asks for a listener without TLS, which this orchestrator does not have.`,
    remedy: 'Leave http:// away. The certificate is made at each start; peers do not verify it.',
    observed: value,
  })

export const noSecret = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_ORCH_SECRET_MISSING',
    kind: 'config',
    message: 'No transcoder in this process, and no orchSecret by which others could attach: every segment will fail.',
    remedy: 'Set orchSecret and start transcoders with the same one, or run a transcoder in this process (--transcoder).',
  })

/** New sessions are refused; the text is matched by peers (wire.md §7.4). */
export const capped = (live: number, limit: number, draining: boolean): LivepeerError =>
  new LivepeerError({
    code: draining ? 'LP_DRAINING' : 'LP_ORCHESTRATOR_CAPPED',
    kind: 'limit',
    message: draining ? 'The orchestrator is draining and takes no new session.' : 'All sessions are taken.',
    remedy: draining ? 'Use another orchestrator.' : 'Raise maxSessions, or attach more transcoders with maxSessions auto.',
    observed: live,
    limit,
    wireText: 'OrchestratorCapped',
  })

export const busy = (sessionId: string, limit: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_ORCHESTRATOR_BUSY',
    kind: 'limit',
    message: `Session ${sessionId} has its queue full: segments come faster than they are transcoded.`,
    remedy: 'Ask for fewer or smaller renditions, or use a faster transcoder.',
    limit,
    wireText: 'OrchestratorBusy',
  })

export const sessionEnded = (sessionId: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_SESSION_ENDED',
    kind: 'peer',
    message: `Session ${sessionId} ended while its segment was being transcoded.`,
    wireText: 'Session ended',
  })

const TOKEN_TEXTS = {
  missing: 'missing auth token',
  invalid: 'invalid auth token',
  expired: 'expired auth token',
} as const

export const tokenRefused = (why: keyof typeof TOKEN_TEXTS): LivepeerError =>
  new LivepeerError({
    code: `LP_AUTH_TOKEN_${why.toUpperCase()}`,
    kind: 'input',
    message: `The auth token of the request is ${why}.`,
    remedy: 'Call GetOrchestrator for a new session; tokens live 30 minutes and not longer than this process.',
    wireText: TOKEN_TEXTS[why],
  })

export const endWithoutToken = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_END_WITHOUT_TOKEN',
    kind: 'input',
    message: 'EndTranscodingSession without auth_token names no session.',
    remedy: 'Send the token of the session that shall end.',
  })

export const incompatible = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_CAPABILITIES_INCOMPATIBLE',
    kind: 'peer',
    message: 'The job needs capabilities that this orchestrator does not have.',
    remedy: 'Attach a transcoder that has them, or ask for other renditions.',
    wireText: 'incompatible capabilities',
  })

export const unexpectedFailure = (cause: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_ORCHESTRATOR_FAILURE',
    kind: 'bug',
    message: `Serving a request failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
    wireText: 'Internal Server Error',
    cause,
  })
