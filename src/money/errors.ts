import { LivepeerError } from '@livepeer-node/sdk'

export function noNetwork(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NETWORK_MISSING',
    kind: 'config',
    message: 'Nothing says which chain is meant.',
    remedy:
      'Give --eth-url (and --network, or --eth-controller on a network of your own), or list plugin-ticketbroker in the config file.',
  })
}

export function noController(network: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROLLER_MISSING',
    kind: 'config',
    message: `The contracts of the network “${network}” are not known.`,
    observed: network,
    limit: 'arbitrum-one-mainnet, mainnet, or any network whose Controller is given',
    remedy: 'Give --eth-controller.',
  })
}

export function noPassword(address: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_KEY_PASSWORD_MISSING',
    kind: 'config',
    message: `The key of ${address} needs its password.`,
    remedy: 'Give --eth-password (text or file) or LP_ETH_PASSWORD; on a terminal it is asked for.',
  })
}

/** An earlier command had sent the same thing, and this one has waited for it. */
export function sentEarlier(label: string, hash: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_TX_EARLIER',
    kind: 'environment',
    message: `An earlier command's “${label}” was still on its way, and is mined now: ${hash}. Nothing else was sent.`,
    remedy: 'Look how things stand now; run the command again if it is wanted once more.',
    observed: hash,
  })
}

/** Nobody is there to ask. */
export function notConfirmed(why: 'no' | 'no terminal'): LivepeerError {
  return new LivepeerError({
    code: 'LP_NOT_CONFIRMED',
    kind: 'config',
    message: why === 'no' ? 'It was not confirmed: nothing was sent.' : 'It has to be confirmed: nothing was sent.',
    remedy: 'Answer y, or give --yes.',
  })
}

/** The protocol would not allow it at the moment: it is told before anything is sent. */
export function notPossible(message: string, remedy: string, observed?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CHAIN_STATE',
    kind: 'config',
    message,
    remedy,
    ...(observed !== undefined && { observed }),
  })
}

export function badPercent(flag: string, observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PERCENT_INVALID',
    kind: 'config',
    message: `--${flag} takes a percentage.`,
    observed,
    limit: '0 to 100, with four decimals at most',
    remedy: 'Write it so, as 12.5.',
  })
}

export function badServiceUri(observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_SERVICE_URI',
    kind: 'config',
    message: 'An orchestrator cannot be reached by this service URI.',
    observed,
    limit: 'https://host:port of a public host',
    remedy: 'Give the address under which broadcasters reach it.',
  })
}

/** A message that is not what it has to be to be signed. */
export function badTypedData(cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_TYPED_DATA',
    kind: 'config',
    message: 'This is no typed data that can be signed.',
    observed: cause instanceof Error ? cause.message : String(cause),
    remedy: 'Give JSON with domain, types and message, as EIP-712 has them.',
    cause,
  })
}

export function passwordsDiffer(): LivepeerError {
  return new LivepeerError({
    code: 'LP_KEY_PASSWORD_TWICE',
    kind: 'config',
    message: 'The two passwords that were typed are not the same: nothing was stored.',
    remedy: 'Type the same password twice.',
  })
}

export function fileUnreadable(file: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_FILE_UNREADABLE',
    kind: 'config',
    message: `${file} cannot be read.`,
    observed: file,
    remedy: 'Name a file that is there and may be read.',
    cause,
  })
}
