import type { Capabilities, Capabilities_CapabilityConstraints } from '../gen/net/lp_rpc_pb.ts'
import { versionAtLeast } from '../version.ts'
import { bitsToWords, capabilityBits, capabilityNames, wordsToBits, wordsWithin } from './bits.ts'
import { LEGACY_CAPABILITIES } from './numbers.ts'

const LEGACY_WORDS = bitsToWords(capabilityBits(LEGACY_CAPABILITIES))

/** Capabilities that one log line names. */
const MAX_NAMES = 8

/** Why a peer cannot do a job, for a log line. */
export interface Incompatibility {
  /** `version`: the peer is too old; `mandatory`: it insists on what the job does not ask; `model`: AI; `capability`: it lacks some. */
  readonly rule: 'version' | 'mandatory' | 'model' | 'capability'
  readonly detail: string
}

/**
 * Can this peer do this job (wire.md §5.3)? `undefined` means it can. Used by a broadcaster on an orchestrator's
 * answer, and by orchestrator and transcoder on a segment's data against themselves.
 * @param job absent: asks for nothing
 * @param peer absent: has the legacy list and no version
 */
export function incompatibility(
  job: Capabilities | undefined,
  peer: Capabilities | undefined,
): Incompatibility | undefined {
  const needed = job?.bitstring ?? []
  if (!peer) return lacking(needed, LEGACY_WORDS)
  const minimum = job?.constraints?.minVersion ?? ''
  if (!versionAtLeast(minimum, peer.version)) {
    return { rule: 'version', detail: `needs ${minimum}, is ${peer.version || 'unknown'}` }
  }
  if (!wordsWithin(peer.mandatories, needed)) {
    return { rule: 'mandatory', detail: missingNames(peer.mandatories, needed) }
  }
  return modelsLacking(job, peer) ?? lacking(needed, peer.bitstring)
}

/** The lesser test by which an orchestrator picks a transcoder: version and bits alone (wire.md §5.3). */
export function transcoderIncompatibility(
  job: Capabilities | undefined,
  transcoder: Capabilities,
): Incompatibility | undefined {
  const minimum = job?.constraints?.minVersion ?? ''
  if (!versionAtLeast(minimum, transcoder.version)) {
    return { rule: 'version', detail: `needs ${minimum}, is ${transcoder.version || 'unknown'}` }
  }
  return lacking(job?.bitstring ?? [], transcoder.bitstring)
}

function lacking(needed: readonly bigint[], had: readonly bigint[]): Incompatibility | undefined {
  if (wordsWithin(needed, had)) return undefined
  return { rule: 'capability', detail: missingNames(needed, had) }
}

function missingNames(needed: readonly bigint[], had: readonly bigint[]): string {
  const names = capabilityNames(wordsToBits(needed) & ~wordsToBits(had))
  if (names.length === 0) return `${needed.length} words asked of ${had.length}`
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''
  return `lacks ${names.slice(0, MAX_NAMES).join(', ')}${more}`
}

function modelsLacking(job: Capabilities | undefined, peer: Capabilities): Incompatibility | undefined {
  const offered = peer.constraints?.PerCapability ?? {}
  for (const [capability, wanted] of Object.entries(job?.constraints?.PerCapability ?? {})) {
    const offer = offered[Number(capability)]
    const model = offer && modelLacking(wanted, offer)
    if (model !== undefined) return { rule: 'model', detail: `capability ${capability}: ${model}` }
  }
  return undefined
}

function modelLacking(
  wanted: Capabilities_CapabilityConstraints,
  offer: Capabilities_CapabilityConstraints,
): string | undefined {
  const offered = new Map(Object.entries(offer.models))
  for (const [name, need] of Object.entries(wanted.models)) {
    const had = offered.get(name)
    if (!had || (need.warm && !had.warm) || !versionAtLeast(need.runnerVersion, had.runnerVersion)) return name
  }
  return undefined
}
