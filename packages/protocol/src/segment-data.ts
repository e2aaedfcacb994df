import { create } from '@bufbuild/protobuf'
import type { Ladder, Profile } from '@livepeer-node/sdk'
import { concatBytes, toAddress, toHash, toHex, toUint256 } from './bytes.ts'
import { decodeHeader, encodeHeader } from './codec.ts'
import { durationInvalid, segmentSignatureInvalid } from './errors.ts'
import { type AuthToken, type Capabilities, type SegData, SegDataSchema } from './gen/net/lp_rpc_pb.ts'
import { addressText, keccak256 } from './hash.ts'
import { SEGMENT_HEADER } from './http-names.ts'
import { DEFAULT_SEGMENT_DURATION_MS, MAX_SEGMENT_DURATION_MS } from './limits.ts'
import { readProfiles, writeProfiles } from './profiles.ts'
import type { Signer, Verifier } from './signer.ts'

/** The legacy profile field of SegData and NotifySegment: always these 7 bytes, read by nobody. */
export function legacyProfiles(): Uint8Array {
  return new TextEncoder().encode('invalid')
}

/** What is told of a segment. */
export interface SegmentFacts {
  readonly manifestId: Uint8Array
  readonly seq: bigint
  /** Keccak-256 of the video, 32 bytes. Absent on the way to a transcoder: zeros are sent. */
  readonly hash?: Uint8Array
  readonly durationMs: number
  readonly ladder: Ladder
  readonly capabilities?: Capabilities
  readonly authToken?: AuthToken
}

/** The message for a segment, not signed yet. @throws `LP_SEGMENT_DURATION`. */
export function segmentData(facts: SegmentFacts): SegData {
  return create(SegDataSchema, {
    manifestId: facts.manifestId,
    seq: facts.seq,
    hash: toHash(facts.hash ?? new Uint8Array()),
    profiles: legacyProfiles(),
    duration: writeDuration(facts.durationMs),
    ...writeProfiles(facts.ladder),
    ...(facts.capabilities && { capabilities: facts.capabilities }),
    ...(facts.authToken && { authToken: facts.authToken }),
  })
}

/** The same message with the signer's signature over it (wire.md §6.3). */
export async function signSegmentData(signer: Signer, data: SegData): Promise<SegData> {
  const names = readProfiles(data).map((profile) => profile.name)
  return create(SegDataSchema, { ...data, sig: await signer.sign(segmentDigest(data, names)) })
}

/**
 * Is it signed by the payer? Rendition names are taken as they are read, generated ones included (wire.md §6.3).
 * @throws `LP_SEGMENT_SIGNATURE` with the reference's `ErrSegSig`
 */
export function verifySegmentData(verifier: Verifier, sender: Uint8Array, data: SegData): void {
  const address = toAddress(sender)
  const names = readProfiles(data).map((profile) => profile.name)
  try {
    verifier.verify({ address, hash: segmentDigest(data, names), signature: data.sig })
  } catch (cause) {
    throw segmentSignatureInvalid(addressText(address), cause)
  }
}

/** What is hashed of a segment to be signed: id, number, hash and names, nothing else (wire.md §6.3). */
export function flattenSegment(
  data: Pick<SegData, 'manifestId' | 'seq' | 'hash'>,
  renditionNames: readonly string[],
): Uint8Array {
  const ids = new TextEncoder().encode(renditionNames.map(renditionId).join(''))
  return concatBytes([data.manifestId, toUint256(data.seq), toHash(data.hash), ids])
}

/** A rendition name as it stands in signed bytes: 8 hex digits of its hash. */
export function renditionId(name: string): string {
  return toHex(keccak256(name).subarray(0, 4))
}

/** As the value of the `Livepeer-Segment` header. @throws `LP_MESSAGE_UNENCODABLE`. */
export function encodeSegmentHeader(data: SegData): string {
  return encodeHeader(SegDataSchema, data)
}

/** From the `Livepeer-Segment` header; absent = empty. @throws `LP_HEADER_BASE64`, `LP_HEADER_UNDECODABLE` (answer 403). */
export function decodeSegmentHeader(value: string | undefined): SegData {
  return decodeHeader(SegDataSchema, value ?? '', { name: SEGMENT_HEADER, notBase64: 'ErrorSegEncoding', prefix: '' })
}

/** What a segment's message asks for, checked. */
export interface SegmentJob {
  readonly ladder: Profile[]
  /** 2000 where none was sent. */
  readonly durationMs: number
}

/** @throws `LP_SEGMENT_DURATION`, `LP_PROFILE_UNRECOGNIZED`, with the reference's texts (answer 403). */
export function readSegmentJob(data: SegData): SegmentJob {
  return { ladder: readProfiles(data), durationMs: readDuration(data.duration) }
}

/** ms as a receiver takes them: 0 is 2000. @throws `LP_SEGMENT_DURATION` for negative ones and those over 300 s. */
export function readDuration(sentMs: number): number {
  const durationMs = sentMs === 0 ? DEFAULT_SEGMENT_DURATION_MS : sentMs
  if (durationMs < 0 || durationMs > MAX_SEGMENT_DURATION_MS) throw durationInvalid(sentMs, MAX_SEGMENT_DURATION_MS)
  return durationMs
}

/** ms as they are sent: whole, cut off. @throws `LP_SEGMENT_DURATION` for negative ones and those over 300 s. */
export function writeDuration(durationMs: number): number {
  const whole = Math.trunc(durationMs)
  if (!(durationMs >= 0 && whole <= MAX_SEGMENT_DURATION_MS)) throw durationInvalid(durationMs, MAX_SEGMENT_DURATION_MS)
  return whole
}

function segmentDigest(data: SegData, renditionNames: readonly string[]): Uint8Array {
  return keccak256(flattenSegment(data, renditionNames))
}
