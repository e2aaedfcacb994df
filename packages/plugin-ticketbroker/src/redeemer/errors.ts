import { LivepeerError } from '@livepeer-node/sdk'

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
