import type { Ladder } from '@livepeer-node/sdk'

export function parseTranscodingOptions(_value: unknown): Promise<Ladder> {
  return Promise.resolve([])
}
