import { LivepeerError } from '@livepeer-node/sdk'

/** The store cannot be opened, read or written. */
export function storeFailed(path: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_TICKET_STORE',
    kind: 'environment',
    message: `The store of tickets failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
    remedy:
      'Look at disk space and rights of this file. Do not delete it: winning tickets that were not redeemed are in it.',
    observed: path,
    cause,
  })
}

/** Two nodes on one data folder. */
export function storeInUse(path: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_TICKET_STORE_IN_USE',
    kind: 'environment',
    message: 'Another process uses this store of tickets.',
    remedy: 'Stop the other node, or give this one a data folder of its own.',
    observed: path,
    cause,
  })
}

/** A store from the future. */
export function storeTooNew(path: string, observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TICKET_STORE_VERSION',
    kind: 'environment',
    message: `The store of tickets ${path} was written by a newer version: format ${observed}, this one knows up to ${limit}.`,
    remedy: 'Run the newer version.',
    observed,
    limit,
  })
}

/** A broker of tickets without a chain. */
export function networkOffchain(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NETWORK_OFFCHAIN',
    kind: 'config',
    message: 'The network is "offchain": there is nothing to pay with.',
    remedy: 'Name a network, or leave the ticket broker and its settings out.',
    observed: 'offchain',
  })
}
