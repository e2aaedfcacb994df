import { create } from '@bufbuild/protobuf'
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect'
import {
  addressText,
  MaxFloatUpdateSchema,
  QueueTicketResSchema,
  readWinningTicket,
  sameBytes,
  toBytesBE,
  type TicketRedeemer,
  type WinningTicket,
  wireTextOf,
} from '@livepeer-node/protocol'
import { type Logger, toLivepeerError } from '@livepeer-node/sdk'

/** What a redeemer does for orchestrators. */
export interface RedeemerDesk {
  /** Whose tickets it redeems, 20 bytes. */
  readonly recipient: Uint8Array
  /** @throws where the contract would never pay it */
  check(ticket: WinningTicket): void
  /** On disk when it returns. */
  keep(ticket: WinningTicket): void
  /** Wei, 0 or more. @param sender 20 bytes */
  maxFloat(sender: Uint8Array): Promise<bigint>
  /** Calls back when the float of somebody may be another; returns the undo. */
  onChange(listener: () => void): () => void
  readonly log: Logger
}

/** What orchestrators call, ours and those of go-livepeer (payments.md B6). */
export function redeemerService(desk: RedeemerDesk): ServiceImpl<typeof TicketRedeemer> {
  const floatOf = async (sender: Uint8Array) => {
    try {
      return create(MaxFloatUpdateSchema, { maxFloat: toBytesBE(await desk.maxFloat(sender)) })
    } catch (error) {
      throw internal(desk, error)
    }
  }
  return {
    queueTicket(message) {
      let ticket: WinningTicket
      try {
        ticket = readWinningTicket(message)
      } catch (error) {
        desk.log.warn('a winning ticket is refused', { error: toLivepeerError(error) })
        throw new ConnectError(wireTextOf(error), Code.InvalidArgument)
      }
      const { recipient } = ticket.ticket
      if (!sameBytes(recipient, desk.recipient)) {
        const text = `invalid ticket recipient ${addressText(recipient)}, expected ${addressText(desk.recipient)}`
        desk.log.warn('a winning ticket is refused', { code: 'LP_TICKET_RECIPIENT', reason: text })
        throw new ConnectError(text, Code.PermissionDenied)
      }
      try {
        desk.check(ticket)
      } catch (error) {
        desk.log.warn('a winning ticket is refused', { error: toLivepeerError(error) })
        throw new ConnectError(wireTextOf(error), Code.InvalidArgument)
      }
      try {
        desk.keep(ticket)
      } catch (error) {
        throw internal(desk, error)
      }
      return create(QueueTicketResSchema)
    },
    maxFloat: ({ sender }) => floatOf(sender),
    async *monitorMaxFloat({ sender }, { signal }) {
      for await (const _ of changes(desk, signal)) yield await floatOf(sender)
    },
  }
}

function internal({ log }: RedeemerDesk, thrown: unknown): ConnectError {
  log.error('a redeemer’s call failed', { error: toLivepeerError(thrown) })
  return new ConnectError(wireTextOf(thrown), Code.Internal)
}

/** One value for each change, or for several that came while the last one was worked on. */
async function* changes(desk: RedeemerDesk, signal: AbortSignal): AsyncGenerator<void> {
  let changed = Promise.withResolvers<void>()
  const undo = desk.onChange(() => changed.resolve())
  const end = () => changed.resolve()
  signal.addEventListener('abort', end, { once: true })
  try {
    while (!signal.aborted) {
      await changed.promise
      if (signal.aborted) return
      changed = Promise.withResolvers<void>()
      yield
    }
  } finally {
    undo()
    signal.removeEventListener('abort', end)
  }
}
