import { LivepeerError } from '@livepeer-node/sdk'

export function routeTaken(method: string, path: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ROUTE_TAKEN',
    kind: 'config',
    message: `Two plugins serve ${method} ${path}; the first one does.`,
    observed: `${method} ${path}`,
    remedy: 'Leave one of them out, or change its path in its options.',
  })
}

/** Refusals of requests that may come from a web page. */
export function notJson(contentType: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROL_NOT_JSON',
    kind: 'input',
    message: 'A request that changes something must be JSON.',
    observed: contentType || 'no content type',
    limit: 'content-type: application/json',
    remedy: 'Send the header "content-type: application/json", also where there is no body.',
  })
}

export function foreignHost(host: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROL_HOST',
    kind: 'input',
    message: 'The control port is called by a name that a web page may own.',
    observed: host || 'no host',
    limit: 'an IP address, localhost, or what controlNames lists',
    remedy: 'Put the IP address into the URL, or the name into controlNames.',
  })
}

export function badDrainRequest(problem: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_DRAIN_REQUEST',
    kind: 'input',
    message: `The request to drain cannot be read: ${problem}.`,
    remedy: 'Send nothing, or { "graceMs": 300000 }.',
  })
}

/** Why there is no socket; the node works without. */
export function controlPathLong(path: string, bytes: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROL_PATH_LONG',
    kind: 'environment',
    message: `${path} is too long for a socket.`,
    observed: bytes,
    limit,
    remedy: 'Choose a shorter data folder, or talk to the node with --cli-addr.',
  })
}

export function controlSocketTaken(path: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROL_SOCKET_TAKEN',
    kind: 'environment',
    message: `Another node listens on ${path}: it has the same process number, in another container.`,
    observed: path,
    remedy: 'Give each container a data folder of its own, or talk to this node with --cli-addr.',
    cause,
  })
}

export function controlSocketFailed(path: string, why: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROL_SOCKET',
    kind: 'environment',
    message: `${path} cannot be listened on: ${why}.`,
    observed: path,
    remedy: 'Let the user that runs the node write to the data folder, or set controlSocket to false.',
    cause,
  })
}
