import { ethVerifier, verifyResult } from '@livepeer-node/protocol'
import {
  LivepeerError,
  type Measurement,
  type Rejection,
  type RenditionResult,
  type Segment,
  toLivepeerError,
  type VerifyRequest,
} from '@livepeer-node/sdk'
import type { OrchestratorSession } from './session.ts'
import { verifyFailed } from './wire-errors.ts'

export interface ResultCheck {
  readonly segment: Segment
  readonly session: OrchestratorSession
  readonly renditions: readonly RenditionResult[]
  /** Empty off chain. */
  readonly signature: Uint8Array
}

/** What is wrong; `undefined`: nothing. */
export type ResultVerdict = { readonly error: LivepeerError; readonly drop: boolean } | undefined

export interface VerifyParts {
  /** Decodes and counts; `undefined`: pixels are taken on trust (`localVerify` is off). */
  readonly measure: ((bytes: Uint8Array) => Promise<Measurement>) | undefined
  /** `verify.reject`. */
  readonly reject: (request: VerifyRequest) => Promise<Rejection | undefined>
}

/** Looks at a result before it is published: who signed it, how many pixels it holds, what plugins say (media.md §8.1). */
export async function verify(parts: VerifyParts, result: ResultCheck): Promise<ResultVerdict> {
  const { segment, session, renditions } = result
  const { orchestrator } = session
  const wrong = wrongSignature(result) ?? (await wrongPixels(parts.measure, renditions))
  if (wrong) return { error: wrong, drop: true }
  const rejection = await parts.reject({ segment, source: segment.probe, orchestrator, renditions })
  if (!rejection) return undefined
  const { code, why: message, drop } = rejection
  return { error: new LivepeerError({ code, kind: 'peer', message, observed: orchestrator }), drop }
}

/** Who has an address signs. Off chain there is none, and nothing to check (wire.md §3). */
function wrongSignature({ session, renditions, signature }: ResultCheck): LivepeerError | undefined {
  const { address } = session.info
  const isOffchain = address.every((byte) => byte === 0)
  if (isOffchain) return undefined
  try {
    const bytes = renditions.map((rendition) => rendition.bytes)
    verifyResult(ethVerifier, { info: session.info, renditions: bytes, signature })
    return undefined
  } catch (thrown) {
    return toLivepeerError(thrown)
  }
}

/** Bytes that cannot be decoded are as wrong as a wrong count. */
async function wrongPixels(
  measure: VerifyParts['measure'],
  renditions: readonly RenditionResult[],
): Promise<LivepeerError | undefined> {
  if (!measure) return undefined
  const wrong = await Promise.all(renditions.map((rendition) => compare(measure, rendition)))
  return wrong.find((error) => error !== undefined)
}

async function compare(measure: NonNullable<VerifyParts['measure']>, rendition: RenditionResult) {
  const { profile, bytes, pixels } = rendition
  try {
    const { pixels: counted } = await measure(bytes)
    if (counted === pixels) return undefined
    const values = { observed: `${counted} decoded`, limit: `${pixels} reported` }
    return verifyFailed('LP_VERIFY_PIXELS', `${profile.name} has another number of pixels than reported`, values)
  } catch (thrown) {
    const { message } = toLivepeerError(thrown)
    const values = { observed: message, limit: 'decodable video' }
    return verifyFailed('LP_VERIFY_UNDECODABLE', `${profile.name} cannot be decoded`, values)
  }
}
