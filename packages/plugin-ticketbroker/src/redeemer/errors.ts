import { LivepeerError } from '@livepeer-node/sdk'

/** What somebody hands in as a winner is none. */
export function ticketUnpayable(wireText: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_TICKET_UNPAYABLE',
    kind: 'peer',
    message: `A ticket that was handed in would never be paid: ${wireText}.`,
    remedy: 'Let nobody but your own orchestrators reach the port of the redeemer (listenAddr).',
    wireText,
    cause,
  })
}

/** The redeemer takes no ticket. */
export function redeemerLost(address: string, cause: unknown): LivepeerError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LivepeerError({
    code: 'LP_REDEEMER_LOST',
    kind: 'peer',
    message: `The redeemer at ${address} did not take a winning ticket: ${reason}.`,
    remedy:
      'Look at redeemerAddr, and whether the redeemer runs and works for this recipient. The ticket is tried again.',
    observed: address,
    cause,
  })
}
