import { create } from '@bufbuild/protobuf'
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect'
import {
  addressText,
  EndTranscodingSessionResponseSchema,
  Orchestrator,
  PingPongSchema,
  signPing,
  toAddress,
  verifyOrchestratorRequest,
  WireText,
} from '@livepeer-node/protocol'
import { type LivepeerError, type LogFields, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { endWithoutToken, requestUnsigned, tokenForeign } from '../errors.ts'
import type { InfoDesk } from '../info.ts'
import type { Settlement } from '../payment/settlement.ts'
import type { Sessions } from '../session/sessions.ts'
import { unknown } from './rpc.ts'

/** What broadcasters call (wire.md §4, §9.1). */
export function orchestratorService(init: {
  info: InfoDesk
  sessions: Sessions
  settlement: Settlement
  log: Logger
}): ServiceImpl<typeof Orchestrator> {
  const { info, sessions, settlement, log } = init
  const refused = (error: LivepeerError, answer: ConnectError, fields: LogFields = {}): ConnectError => {
    log.warn('call refused', { ...fields, error })
    return answer
  }
  return {
    async getOrchestrator(request) {
      const sender = toAddress(request.address)
      try {
        verifyOrchestratorRequest(settlement.verifier, request)
      } catch (cause) {
        const error = requestUnsigned(cause)
        throw refused(error, unknown(error, `${WireText.invalidRequest}: `))
      }
      try {
        sessions.assertRoom()
      } catch (thrown) {
        const error = toLivepeerError(thrown)
        throw refused(error, unknown(error, `${WireText.invalidRequest}: `))
      }
      try {
        return info.forNewSession(await settlement.quote({ sender }))
      } catch (thrown) {
        const error = toLivepeerError(thrown)
        throw refused(error, unknown(error), { sender: addressText(sender) })
      }
    },
    async ping(request) {
      return create(PingPongSchema, { value: await signPing(settlement.signer, request.value) })
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
