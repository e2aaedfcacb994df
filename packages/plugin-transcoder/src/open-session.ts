import {
  isLivepeerError,
  type Logger,
  type TranscodeBackend,
  type TranscodeSession,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import { noBackend } from './errors.ts'

/** Backends that may say "full after all" for one session before it is given up. */
const CLAIMS_LIMIT = 5

export interface Opener {
  /** Who opens this session? Asked again when the one named turns out to be full. */
  readonly claim: (spec: TranscodeSpec) => TranscodeBackend | undefined
  readonly log: Logger
}

/** Opens a session at the backend that claims it. Rejects with `LP_NO_BACKEND` where none takes it. */
export async function openSession(by: Opener, spec: TranscodeSpec, signal: AbortSignal): Promise<TranscodeSession> {
  let refusal: unknown
  for (let claims = 0; claims < CLAIMS_LIMIT; claims += 1) {
    const backend = by.claim(spec)
    if (!backend) break
    try {
      return await backend.open(spec, signal)
    } catch (error) {
      // Out of time is kind `limit` too: then nobody is full.
      if (signal.aborted || !isLivepeerError(error) || error.kind !== 'limit') throw error
      refusal = error
      by.log.warn('a backend is full, the next one is asked', {
        sessionId: spec.sessionId,
        backend: backend.name,
        code: error.code,
        reason: error.message,
      })
    }
  }
  throw noBackend(spec.sessionId, refusal)
}
