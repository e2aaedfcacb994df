import { create } from '@bufbuild/protobuf'
import {
  bitsToWords,
  type Capabilities,
  CapabilitiesSchema,
  Capability,
  type CapacityTally,
  DEFAULT_CAPABILITIES,
} from '@livepeer-node/protocol'

/**
 * What an orchestrator has by itself: the default list without MPEG-7 signatures, which only a transcoder can make. A
 * broadcaster that needs them then goes elsewhere instead of failing with each segment.
 */
export const OWN_CAPABILITIES: readonly number[] = DEFAULT_CAPABILITIES.filter(
  (capability) => capability !== Capability.MPEG7VideoSignature,
)

/** The message for what the tally holds, with this node's version as its own and its peers' lowest (wire.md §4.3). */
export function capabilitiesMessage(tally: CapacityTally, version: string): Capabilities {
  return create(CapabilitiesSchema, {
    bitstring: bitsToWords(tally.bits),
    capacities: Object.fromEntries(tally.capacities),
    version,
    constraints: { minVersion: version },
  })
}
