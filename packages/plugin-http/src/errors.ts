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
