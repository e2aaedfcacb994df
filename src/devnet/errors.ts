import { LivepeerError } from '@livepeer-node/sdk'

/** No local chain has written here what others need. */
export function noDevnet(folder: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_DEVNET_FOLDER',
    kind: 'config',
    message: `No local chain was started with the folder ${folder}.`,
    observed: folder,
    remedy: 'Start one with `livepeer devnet --data-dir` and the same folder.',
    cause,
  })
}

export function badNumber(flag: string, observed: string, limit: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_DEVNET_FLAG',
    kind: 'config',
    message: `--${flag} takes ${limit}.`,
    observed,
    limit,
    remedy: 'Write it so.',
  })
}

/** The chain was started without such an account. */
export function noRole(role: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_DEVNET_ROLE',
    kind: 'config',
    message: `This local chain has no account that is ${role}.`,
    observed: role,
    remedy: 'Start it with more accounts.',
  })
}
