import { nodeCapabilities, type TranscoderCard } from '@livepeer-node/protocol'
import type { Clock } from '@livepeer-node/sdk'
import { Attached } from '../../src/transcoders/attached.ts'

/** A transcoder without a connection. */
export function anAttached(
  clock: Clock,
  { name = 'one', capacity = 10, pixelsPerMs }: { name?: string; capacity?: number; pixelsPerMs?: number } = {},
): Attached {
  const card: TranscoderCard | undefined =
    pixelsPerMs === undefined
      ? undefined
      : { id: crypto.randomUUID(), name, version: '1.2.3', devices: [], pixelsPerMs }
  const capabilities = nodeCapabilities({ capabilities: [0, 1, 12], version: '0.9.1' })
  return new Attached({ name, address: '127.0.0.1:1', capacity, capabilities, card }, clock)
}
