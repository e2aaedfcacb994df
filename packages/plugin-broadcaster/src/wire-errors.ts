import { LivepeerError } from '@livepeer-node/sdk'

/** The orchestrator did not answer, or not in time. */
export function unreachable(orchestrator: string, what: string, cause?: unknown): LivepeerError {
  const why = reason(cause)
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_UNREACHABLE',
    kind: 'peer',
    message: `${what} failed${why && `: ${why}`}`,
    observed: orchestrator,
    remedy: 'Check that the orchestrator runs and that its service address can be reached from here.',
    cause,
  })
}

export function timedOut(orchestrator: string, what: string, limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_TIMEOUT',
    kind: 'peer',
    message: `${what} took too long.`,
    observed: orchestrator,
    limit: `${limitMs} ms`,
    remedy: 'The orchestrator or the way to it is too slow for a live stream.',
  })
}

/** It took the segment, and then time was up. */
export function tooSlow(orchestrator: string, limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_SLOW',
    kind: 'peer',
    message: 'The orchestrator took the segment and did not finish it in time.',
    observed: orchestrator,
    limit: `${limitMs} ms`,
    remedy: 'It has too much to do: use more or faster orchestrators, or a smaller ladder.',
  })
}

/** It answered, and the answer is no. `wireText` is what it said, to the letter (wire.md §6.4, §7.4). */
export function orchestratorSaid(orchestrator: string, text: string, status?: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_REFUSED',
    kind: 'peer',
    message: `The orchestrator answered ${status === undefined ? '' : `${status} `}"${text.slice(0, 300)}".`,
    observed: orchestrator,
    wireText: text,
  })
}

export function badAnswer(orchestrator: string, why: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_ANSWER',
    kind: 'peer',
    message: `The orchestrator's answer is not usable: ${why}.`,
    observed: orchestrator,
    cause,
  })
}

/** It answered GetOrchestrator, but this stream cannot use it (wire.md §9.2). */
export function unfit(orchestrator: string, why: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_UNFIT',
    kind: 'peer',
    message: `The orchestrator cannot take this stream: ${why}.`,
    observed: orchestrator,
  })
}

export function renditionCount(orchestrator: string, got: number, wanted: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_RENDITION_COUNT',
    kind: 'peer',
    message: 'The orchestrator returned another number of renditions than asked for.',
    observed: `${got} from ${orchestrator}`,
    limit: wanted,
  })
}

export function downloadFailed(url: string, why: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_DOWNLOAD_FAILED',
    kind: 'peer',
    message: `A rendition could not be fetched: ${why}`,
    observed: url,
    cause,
  })
}

export function verifyFailed(code: `LP_VERIFY_${string}`, why: string, values: { observed: unknown; limit: unknown }) {
  return new LivepeerError({
    code,
    kind: 'peer',
    message: `The result was rejected: ${why}`,
    ...values,
    remedy: 'The orchestrator is left out of this stream; do not use it if this happens again.',
  })
}

function reason(cause: unknown): string {
  if (cause instanceof AggregateError && !cause.message) return cause.errors.map(reason).join('; ')
  return cause instanceof Error ? cause.message : ''
}
