import { create } from '@bufbuild/protobuf'
import { type Capabilities, CapabilitiesSchema } from '../gen/net/lp_rpc_pb.ts'
import { bitsToWords, capabilityBits, capabilityNumbers, MAX_CAPABILITY, wordsToBits } from './bits.ts'

/** What a node says of itself (wire.md §5.2). */
export interface NodeCapabilities {
  readonly capabilities: Iterable<number>
  readonly version: string
  /** Lowest version of peers; default none. The reference's orchestrators give their own. */
  readonly minVersion?: string
}

/** Capabilities of a node: each listed one with capacity 1. */
export function nodeCapabilities(node: NodeCapabilities): Capabilities {
  const bits = capabilityBits(node.capabilities)
  return create(CapabilitiesSchema, {
    bitstring: bitsToWords(bits),
    capacities: unitCapacities(bits),
    version: node.version,
    constraints: { minVersion: node.minVersion ?? '' },
  })
}

/** Capabilities that a job needs: no version, no capacities, constraints always present (wire.md §5.4). */
export function jobCapabilitiesMessage(bits: bigint, minVersion = ''): Capabilities {
  return create(CapabilitiesSchema, { bitstring: bitsToWords(bits), constraints: { minVersion } })
}

/**
 * The number behind each capability of a received message; without a map 1 for each set bit (wire.md §5.2). Those over
 * `MAX_CAPABILITY` are left out.
 */
export function capacitiesOf(message: Capabilities): Map<number, number> {
  const given = Object.keys(message.capacities).length > 0
  const capacities = given ? message.capacities : unitCapacities(wordsToBits(message.bitstring))
  const entries = Object.entries(capacities).map(([capability, capacity]) => [Number(capability), capacity] as const)
  return new Map(entries.filter(([capability]) => capability <= MAX_CAPABILITY))
}

function unitCapacities(bits: bigint): { [capability: number]: number } {
  return Object.fromEntries(capabilityNumbers(bits).map((capability) => [capability, 1]))
}
