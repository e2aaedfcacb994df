import { create } from '@bufbuild/protobuf'
import { OrchestratorInfoSchema } from '@livepeer-node/protocol'
import { aCandidate } from '@livepeer-node/test-kit'
import { isUsable, OrchestratorSession, type SessionInfo } from '../../src/session.ts'

/** What an orchestrator answers to GetOrchestrator: `expiration` in seconds since 1970. */
export function someInfo(uri: string, sessionId: string, expiration = 4_000_000_000): SessionInfo {
  const authToken = { token: new Uint8Array(32), sessionId, expiration: BigInt(expiration) }
  const info = create(OrchestratorInfoSchema, { transcoder: uri, address: new Uint8Array(20), authToken })
  if (!isUsable(info)) throw new Error('not usable')
  return info
}

export function someSession(host = 'a', sessionId = `${host}-1`, over: { expiration?: number; now?: number } = {}) {
  const uri = `https://${host}:8935`
  const info = someInfo(uri, sessionId, over.expiration)
  return new OrchestratorSession({ info, candidate: aCandidate({ uri }), now: over.now ?? 0 })
}
