import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect'
import {
  CARD_HEADER,
  decodeTranscoderCard,
  DEFAULT_CAPABILITIES,
  nodeCapabilities,
  type RegisterRequest,
  type Transcoder,
} from '@livepeer-node/protocol'
import { type Clock, type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { watchLiveness } from '../http/liveness.ts'
import type { AttachedInit } from '../transcoders/attached.ts'
import type { Credentials } from '../transcoders/credentials.ts'
import { overstated, registration } from '../transcoders/errors.ts'
import type { TranscoderPool } from '../transcoders/pool.ts'
import { nodeRequest, unknown } from './rpc.ts'

export interface TranscoderServiceInit {
  readonly pool: TranscoderPool
  readonly credentials: Credentials
  readonly version: string
  readonly clock: Clock
  readonly log: Logger
  /** True: the end is so near that nobody new is let in. */
  readonly closing: () => boolean
}

/** What transcoders call: one registration, open for as long as they are there (wire.md §10.1). */
export function transcoderService(init: TranscoderServiceInit): ServiceImpl<typeof Transcoder> {
  const { pool, clock, log } = init
  return {
    async *registerTranscoder(request, context) {
      const attached = pool.admit(admit(request, context, init))
      const leave = () => pool.detach(attached, 'its connection ended')
      context.signal.addEventListener('abort', leave, { once: true })
      if (context.signal.aborted) leave()
      const connection = context.values.get(nodeRequest)?.stream.session
      if (connection) {
        watchLiveness(connection, clock, {
          until: attached.left,
          onRoundTrip: (ms) => attached.learnRoundTrip(ms),
        }).catch((error: unknown) =>
          log.error('a transcoder’s connection cannot be watched', { transcoder: attached.name, error }),
        )
      }
      try {
        yield* attached.notifications()
      } finally {
        leave()
      }
    },
  }
}

/** No machine encodes so many streams at once; who says so would draw all sessions to itself. */
const MAX_CAPACITY = 1000n

function admit(request: RegisterRequest, context: HandlerContext, init: TranscoderServiceInit): AttachedInit {
  const socket = context.values.get(nodeRequest)?.socket
  const address = `${socket?.remoteAddress}:${socket?.remotePort}`
  const card = decodeTranscoderCard(context.requestHeader.get(CARD_HEADER))
  const known = init.credentials.identify(request.secret)
  const refused = (error: LivepeerError): ConnectError => {
    init.log.warn('transcoder refused', { transcoder: known?.token ?? card?.name ?? address, address, error })
    return unknown(error)
  }
  if (!known) throw refused(registration('secret', address))
  if (request.capacity <= 0n) throw refused(registration('capacity', address))
  if (request.capacity > MAX_CAPACITY) throw refused(overstated(request.capacity, MAX_CAPACITY))
  try {
    init.pool.assertRoomFor(known.token)
  } catch (thrown) {
    throw refused(toLivepeerError(thrown))
  }
  // Not one of the texts after which a transcoder gives up: it comes back, here or to whoever takes our place.
  if (init.closing()) throw new ConnectError('draining', Code.Unavailable)
  const capabilities =
    request.capabilities ?? nodeCapabilities({ capabilities: DEFAULT_CAPABILITIES, version: init.version })
  return { address, capacity: Number(request.capacity), capabilities, card, credential: known.token }
}
