import { isLivepeerError } from '@livepeer-node/sdk'
import { concatBytes, toAddress } from './bytes.ts'
import { resultSignatureInvalid } from './errors.ts'
import type { OrchestratorInfo } from './gen/net/lp_rpc_pb.ts'
import { addressText, keccak256 } from './hash.ts'
import type { Signer, Verifier } from './signer.ts'

/** Texts that peers know an error by, apart from those below (wire.md §6.4, §7.4, §10). */
export const WireText = Object.freeze({
  badRequest: 'BadRequest',
  forbidden: 'Forbidden',
  internal: 'Internal Server Error',
  incompatibleJob: 'incompatible capabilities',
  incompatibleSegment: 'incompatible segment capabilities',
  capped: 'OrchestratorCapped',
  busy: 'OrchestratorBusy',
  notFound: 'ErrNotFound',
  unauthorized: 'Unauthorized',
  unavailable: 'ErrTranscoderUnavailable',
  mismatchedSegments: 'MismatchedSegments',
  zeroSegments: 'ZeroSegments',
  noTranscoders: 'no transcoders available',
  noCapableTranscoders: 'no transcoders can provide requested capabilities',
  transcoderBusy: 'TranscoderBusy',
  transcoderTimeout: 'Remote transcoder took too long',
  noSegmentData: 'empty seg data',
  profileMismatch: 'segment / profile mismatch',
  sessionEnded: 'Session ended',
  invalidTaskId: 'Invalid Task ID',
  invalidPixels: 'Invalid Pixels',
  unknownPerceptualHash: 'Unknown perceptual hash',
  invalidSecret: 'invalid secret',
  zeroCapacity: 'zero capacity',
  invalidSessionToken: 'Invalid auth token',
  invalidRequest: 'Invalid orchestrator request',
  requestSignature: 'orchestrator req sig check failed',
  unknownResponse: 'UnknownResponse',
})

/** Errors after which a broadcaster neither tries again nor drops the orchestrator; whole string (wire.md §7.5). */
export const NON_RETRYABLE_ERRORS: readonly string[] = Object.freeze([
  'Unsupported input pixel format',
  'Error initializing filtergraph',
  'Too many outputs',
  'Unsupported input codec',
  'No keyframes in input',
  'Unrecoverable state, restart process',
  'Encoded frames runaway',
  'Decoder not found',
  'Demuxer not found',
  'Encoder not found',
  'Muxer not found',
  'Option not found',
  'Invalid argument',
  'TranscoderInvalidResolution',
  'TranscoderInvalidVideo',
  'TranscoderUnrecognizedFormat',
  'TranscoderUnrecognizedProfile',
  'TranscoderInvalidGOP',
  'TranscoderIncompatibleDevices',
])

const nonRetryable: ReadonlySet<string> = new Set(NON_RETRYABLE_ERRORS)

/** Is it the segment's fault, so that no other orchestrator would do better? */
export function isNonRetryable(wireText: string): boolean {
  return nonRetryable.has(wireText)
}

/** What a peer shall read of an error: its `wireText`, else its message; always text that protobuf can carry. */
export function wireTextOf(error: unknown): string {
  const text = isLivepeerError(error)
    ? (error.wireText ?? error.message)
    : error instanceof Error
      ? error.message
      : String(error)
  return text.toWellFormed()
}

/** What is signed of renditions, given the Keccak-256 of each in profile order. Not hashed again (wire.md §7.2). */
export function resultDigest(renditionHashes: readonly Uint8Array[]): Uint8Array {
  return keccak256(concatBytes(renditionHashes))
}

/** The signature over renditions, in profile order; off chain empty, and nothing is hashed. */
export async function signResult(signer: Signer, renditions: readonly Uint8Array[]): Promise<Uint8Array> {
  if (signer.offchain) return new Uint8Array()
  return signer.sign(resultDigest(renditions.map((bytes) => keccak256(bytes))))
}

/** Renditions and who is said to have made them. */
export interface SignedResult {
  readonly info: Pick<OrchestratorInfo, 'address' | 'ticketParams'>
  /** In profile order. */
  readonly renditions: readonly Uint8Array[]
  readonly signature: Uint8Array
}

/**
 * Are the renditions signed by the orchestrator's address, or by its ticket recipient where that is all zero?
 * @throws `LP_RESULT_SIGNATURE`
 */
export function verifyResult(verifier: Verifier, result: SignedResult): void {
  if (verifier.offchain) return
  const named = toAddress(result.info.address)
  const address = named.some((byte) => byte !== 0) ? named : toAddress(result.info.ticketParams?.recipient ?? named)
  const hash = resultDigest(result.renditions.map((bytes) => keccak256(bytes)))
  try {
    verifier.verify({ address, hash, signature: result.signature })
  } catch (cause) {
    throw resultSignatureInvalid(addressText(address), cause)
  }
}
