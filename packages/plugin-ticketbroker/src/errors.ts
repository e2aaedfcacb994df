import type { Rational } from '@livepeer-node/protocol'
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

/** Nothing is known of who pays. */
export function senderUnknown(sender: string, why: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SENDER_UNKNOWN',
    kind: 'environment',
    message: `The funds of ${sender} could not be read from the chain: ${why}.`,
    remedy: 'Look at the chain’s endpoints (ethUrl). Senders that were seen before are served meanwhile.',
    observed: sender,
    wireText: `could not get sender info for ${sender}: ${why}`,
    ...(cause !== undefined && { cause }),
  })
}

/** Work that nobody has paid for. */
export function insufficientBalance(of: {
  sender: string
  sessionId: string
  has: string
  needs: bigint
}): LivepeerError {
  return new LivepeerError({
    code: 'LP_BALANCE',
    kind: 'peer',
    message: `Session ${of.sessionId} of ${of.sender} has ${of.has} wei of credit; a segment needs ${of.needs} wei at least.`,
    remedy: 'Let the broadcaster send tickets; after ten minutes without work its credit is gone.',
    observed: of.has,
    limit: `${of.needs}`,
    wireText: 'Insufficient balance',
  })
}

/** Tickets that this orchestrator could not redeem. */
export function orchestratorInactive(address: string, round: bigint): LivepeerError {
  const text = `orchestrator ${address} is inactive in round ${round}, cannot process payments`
  return new LivepeerError({
    code: 'LP_ORCHESTRATOR_INACTIVE',
    kind: 'config',
    message: `${address} is not among the active orchestrators of round ${round}: tickets would not be paid.`,
    remedy: 'Register it, or bond more; it is active from the round after.',
    observed: `${round}`,
    wireText: text,
  })
}

/** Less than was agreed on, or is asked now. */
export function priceTooLow(observed: Rational, limit: Rational): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_INVALID',
    kind: 'peer',
    message: `A payment expects ${observed.toString()} wei per pixel; the price is ${limit.toString()}.`,
    remedy: 'Let the broadcaster send the price unchanged as the orchestrator stated it.',
    observed: observed.toString(),
    limit: limit.toString(),
    wireText: `invalid expected price sent with payment err="price is too low"`,
  })
}

/** An orchestrator must say what it wants. */
export function priceUnset(): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_UNSET',
    kind: 'config',
    message: 'pricePerUnit is not set: nobody knows what transcoding costs here.',
    remedy: 'Set pricePerUnit; 0 means free. A node that only pays has the role "broadcaster".',
  })
}

/** A price for no pixels. */
export function pixelsInvalid(observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_PIXELS',
    kind: 'config',
    message: `pixelsPerUnit "${observed}" is no number above 0.`,
    remedy: 'Set how many pixels the price is for; 1 unless you know better.',
    observed,
    limit: '> 0',
  })
}

/** A price that would need a price feed. */
export function currencyUnsupported(observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_CURRENCY',
    kind: 'config',
    message: `The price "${observed}" is in a currency whose rate is not followed here.`,
    remedy: 'Give the price in wei, or with ETH behind it.',
    observed,
    limit: 'wei, ETH',
  })
}

/** The feed of exchange rates gives none that could be reckoned with. */
export function feedUnusable(pair: string, observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_FEED',
    kind: 'environment',
    message: `The exchange rate of ${pair} is given as ${observed}.`,
    remedy: 'Look at priceFeedAddr: it must be a feed of Ether and the currency of the prices.',
    observed,
  })
}

/** Prices of single broadcasters that make no sense. */
export function gatewayPricesInvalid(why: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_GATEWAYS',
    kind: 'config',
    message: `pricePerGateway cannot be read: ${why}.`,
    remedy:
      'Give JSON, or the path of such a file: {"gateways":[{"ethaddress":"0x…","priceperunit":1200,"pixelsperunit":1}]}.',
    ...(cause !== undefined && { cause }),
  })
}

/** A chain of one's own has contracts at addresses of its own. */
export function controllerUnset(network: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROLLER_UNSET',
    kind: 'config',
    message: `Where the contracts of the network "${network}" are is not known.`,
    remedy: 'Set ethController to the address of its Controller contract, or name a known network.',
    observed: network,
  })
}

/** A request of the operator's that cannot be read. */
export function controlRequestInvalid(why: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PAYMENT_CONTROL',
    kind: 'config',
    message: `This request cannot be read: ${why}.`,
    remedy: 'Use `livepeer orchestrator set-price`.',
    ...(cause !== undefined && { cause }),
  })
}
