import { LivepeerError } from '@livepeer-node/sdk'

/** No endpoint answers. `failures`: what each one did, without what is secret in its URL. */
export function chainUnreachable(method: string, failures: readonly string[]): LivepeerError {
  return new LivepeerError({
    code: 'LP_CHAIN_UNREACHABLE',
    kind: 'environment',
    message: `No Ethereum endpoint answered ${method}.`,
    remedy: 'Look at `ethUrl` and at the endpoints; name a second one, so that one may fail.',
    observed: failures.join('; '),
  })
}

/** An endpoint serves another chain than the one that is meant. */
export function chainIdWrong(endpoint: string, observed: bigint, expected: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_CHAIN_ID',
    kind: 'config',
    message: `The Ethereum endpoint ${endpoint} serves chain ${observed}, not ${expected}.`,
    remedy: 'Use an endpoint of the network that `network` or `chainId` names.',
    observed: observed.toString(),
    limit: expected.toString(),
  })
}

/** A URL that no endpoint can have. */
export function endpointInvalid(why: string, observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CHAIN_ENDPOINT',
    kind: 'config',
    message: `${observed || 'An empty text'} is no Ethereum endpoint: ${why}.`,
    remedy: 'Give one or more URLs that begin with http, https, ws or wss.',
    observed,
  })
}

/** The Controller does not know a contract that the node cannot do without, or is none. */
export function contractMissing(name: string, controller: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CHAIN_CONTRACT',
    kind: 'config',
    message: `The Controller at ${controller} names no ${name}.`,
    remedy: 'Look at `ethController`, and whether the endpoint serves the chain where it lives.',
    observed: controller,
    ...(cause !== undefined && { cause }),
  })
}

/** A contract said no, or something that its interface does not allow. */
export function callFailed(what: string, reason: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CHAIN_CALL',
    kind: 'environment',
    message: `Asking the chain for ${what} failed: ${reason}.`,
    remedy: 'Look at the reason; an endpoint may be behind, or the contracts may be others.',
    observed: reason,
    cause,
  })
}

/** Nothing is known of the chain yet. */
export function positionUnknown(): LivepeerError {
  return new LivepeerError({
    code: 'LP_CHAIN_POSITION',
    kind: 'bug',
    message: 'The chain was asked for its position before it was first looked at.',
    remedy: 'Wait for `ChainWatcher.start`.',
  })
}
