import { nodeCapabilities, type TranscoderCard } from '@livepeer-node/protocol'
import type { Clock, DispatchJob } from '@livepeer-node/sdk'
import { aLadder } from '@livepeer-node/test-kit'
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

/** A segment of 2 s with a million pixels that looks for a transcoder. */
export function aDispatchJob(of: Partial<DispatchJob> = {}): DispatchJob {
  const about = { sessionId: 's', streamId: 'movie', seq: 0, durationMs: 2000, ladder: aLadder() }
  return { ...about, pixels: 1_000_000, reason: 'new', ...of }
}
