import { create } from '@bufbuild/protobuf'
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect'
import {
  EndTranscodingSessionResponseSchema,
  Orchestrator,
  offchainSigner,
  offchainVerifier,
  PingPongSchema,
  signPing,
  verifyOrchestratorRequest,
  WireText,
} from '@livepeer-node/protocol'
import { type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { endWithoutToken, requestUnsigned, tokenForeign } from '../errors.ts'
import type { InfoDesk } from '../info.ts'
import type { Sessions } from '../session/sessions.ts'
import { unknown } from './rpc.ts'

/** What broadcasters call (wire.md §4, §9.1). */
export function orchestratorService(init: {
  info: InfoDesk
  sessions: Sessions
  log: Logger
}): ServiceImpl<typeof Orchestrator> {
  const { info, sessions, log } = init
  const refused = (error: LivepeerError, answer: ConnectError): ConnectError => {
    log.warn('call refused', { error })
    return answer
  }
  return {
    getOrchestrator(request) {
      try {
        verifyOrchestratorRequest(offchainVerifier, request)
      } catch (cause) {
        const error = requestUnsigned(cause)
        throw refused(error, unknown(error, `${WireText.invalidRequest}: `))
      }
      try {
        sessions.assertRoom()
        return info.forNewSession()
      } catch (thrown) {
        const error = toLivepeerError(thrown)
        throw refused(error, unknown(error, `${WireText.invalidRequest}: `))
      }
    },
    async ping(request) {
      return create(PingPongSchema, { value: await signPing(offchainSigner, request.value) })
    },
    endTranscodingSession({ authToken }) {
      if (!authToken) {
        const error = endWithoutToken()
        throw refused(error, new ConnectError(error.message, Code.InvalidArgument))
      }
      if (!info.isOurs(authToken)) {
        const error = tokenForeign(authToken.sessionId)
        throw refused(error, unknown(error))
      }
      sessions.end(authToken.sessionId, 'ended by its broadcaster')
      return create(EndTranscodingSessionResponseSchema)
    },
  }
}
