import { create } from '@bufbuild/protobuf'
import {
  MIN_RENDITION_BYTES,
  segmentExtension,
  type Signer,
  signResult,
  STREAM_PATH,
  type TranscodeData,
  TranscodeDataSchema,
  type TranscodedSegmentData,
  TranscodedSegmentDataSchema,
} from '@livepeer-node/protocol'
import { sessionEnded } from '../errors.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import { mismatched, tooSmall } from '../transcoders/errors.ts'
import type { Job, Rendition } from '../transcoders/workforce.ts'

/** Exactly one rendition per profile, each with something in it: more would kill a reference broadcaster (wire.md §7.1). */
export function checkRenditions(job: Job, renditions: readonly Rendition[]): void {
  if (renditions.length !== job.ladder.length) throw mismatched(renditions.length, job.ladder.length)
  for (const [i, { bytes }] of renditions.entries()) {
    if (bytes.length < MIN_RENDITION_BYTES) throw tooSmall(job.ladder[i]?.name ?? '', bytes.length, MIN_RENDITION_BYTES)
  }
}

/** Puts the renditions where the broadcaster will fetch them, and says where. */
export async function storeResult(
  job: Job,
  renditions: readonly Rendition[],
  { store, uri, signer }: { store: MemoryStore; uri: string; signer: Signer },
): Promise<TranscodeData> {
  const base = `${uri}${STREAM_PATH}${job.sessionId}`
  const save = (path: string, bytes: Uint8Array): string => {
    if (!store.save(job.sessionId, path, bytes)) throw sessionEnded(job.sessionId)
    return `${base}/${path}`
  }
  const segments = renditions.map((rendition, i): TranscodedSegmentData => {
    const profile = job.ladder[i]
    const path = `${profile?.name}/${job.seq}${segmentExtension(profile?.format ?? rendition.format)}`
    const hash = rendition.perceptualHash
    return create(TranscodedSegmentDataSchema, {
      url: save(path, rendition.bytes),
      pixels: rendition.pixels,
      perceptualHashUrl: hash && hash.length > 0 ? save(`${path}.phash`, hash) : '',
    })
  })
  const sig = await signResult(
    signer,
    renditions.map(({ bytes }) => bytes),
  )
  return create(TranscodeDataSchema, { segments, sig })
}
