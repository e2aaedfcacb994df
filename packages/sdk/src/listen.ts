import { LivepeerError } from './errors.ts'

/** Where a plugin wanted to listen. */
export interface ListenAddress {
  /** The option that named it, as `httpAddr`. */
  readonly option: string
  /** `host:port`. */
  readonly authority: string
}

/**
 * Why a port could not be opened, for every plugin that listens: `LP_PORT_TAKEN` where another program has it, else
 * `LP_LISTEN_FAILED`.
 */
export function listenFailed({ option, authority }: ListenAddress, cause: NodeJS.ErrnoException): LivepeerError {
  const taken = cause.code === 'EADDRINUSE'
  return new LivepeerError({
    code: taken ? 'LP_PORT_TAKEN' : 'LP_LISTEN_FAILED',
    kind: 'environment',
    message: taken
      ? `${authority} (${option}) is in use by another program.`
      : `${authority} (${option}) cannot be listened on: ${cause.message}`,
    observed: authority,
    remedy: taken
      ? `Stop the other program, or set ${option} to another address; port 0 takes any free one.`
      : `Set ${option} to an address of this machine and a port that this user may open (1024 or higher).`,
    cause,
  })
}
