import { Capability, DEFAULT_MAX_SESSIONS } from '@livepeer-node/protocol'
import type { BackendOffer } from '@livepeer-node/sdk'

/**
 * What the node around a backend brings along: sessions by token, and storage, which the orchestrator sees to. Segment
 * parameters come with every HTTP push of a go-livepeer gateway (wire.md §5.4), nearly always without bounds.
 */
const NODE_CAPABILITIES: readonly number[] = [
  Capability.AuthToken,
  Capability.StorageDirect,
  Capability.StorageS3,
  Capability.StorageGCS,
  Capability.SegmentSlicing,
]

/** Capability numbers of a transcoder with these backends, ascending. */
export function capabilitiesOf(offers: readonly BackendOffer[]): readonly number[] {
  const all = new Set([...NODE_CAPABILITIES, ...offers.flatMap((offer) => offer.capabilities)])
  return [...all].toSorted((a, b) => a - b)
}

/** Sessions at once: as told, else what the backends offer together. */
export function capacityOf(maxSessions: number | 'auto', offers: readonly BackendOffer[]): number {
  if (maxSessions !== 'auto') return maxSessions
  return offers.reduce((sum, offer) => sum + offer.slots, 0) || DEFAULT_MAX_SESSIONS
}
