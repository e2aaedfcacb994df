import { LivepeerError } from '@livepeer-node/sdk'

export interface WantedAddress {
  /** The option that named it, as `httpAddr`. */
  readonly option: string
  /** `host:port` */
  readonly authority: string
}

export function portTaken({ option, authority }: WantedAddress, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PORT_TAKEN',
    kind: 'environment',
    message: `${authority} (${option}) is in use by another program.`,
    observed: authority,
    remedy: `Stop the other program, or set ${option} to another address; port 0 takes any free one.`,
    cause,
  })
}

export function cannotListen({ option, authority }: WantedAddress, cause: Error): LivepeerError {
  return new LivepeerError({
    code: 'LP_CANNOT_LISTEN',
    kind: 'environment',
    message: `${authority} (${option}) cannot be listened on: ${cause.message}`,
    observed: authority,
    remedy: `Set ${option} to an address of this machine and a port that this user may open (1024 or higher).`,
    cause,
  })
}

export function routeTaken(method: string, path: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ROUTE_TAKEN',
    kind: 'config',
    message: `Two plugins serve ${method} ${path}; the first one does.`,
    observed: `${method} ${path}`,
    remedy: 'Leave one of them out, or change its path in its options.',
  })
}
