import { inspect } from '@livepeer-node/media'
import { SEGMENT_SECONDS } from './publishing.ts'

/** Decodes what is shown, one lot at a time: each costs a process, and the machine has a fleet to carry. */
export class Jury {
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Consecutive segments of one rendition: each begins with a key frame, a segment's length after the one before, and
   * decodes; `isOwn` looks at the pictures of all.
   */
  isSound(segments: readonly Buffer[], isOwn?: (media: Buffer) => Promise<boolean>): Promise<boolean> {
    const verdict = this.#last.then(async () => {
      return (await isSound(segments)) && (!isOwn || (await isOwn(Buffer.concat(segments))))
    })
    this.#last = verdict
    return verdict
  }
}

/** MPEG-TS goes on where it stopped: segments decode as one. */
async function isSound(segments: readonly Buffer[]): Promise<boolean> {
  const seen = await inspect(Buffer.concat(segments)).catch(() => undefined)
  if (!seen || seen.decodeErrors > 0) return false
  const { frames } = seen.video
  const length = SEGMENT_SECONDS * 90_000
  const [first] = frames
  if (!first) return false
  return segments.every((_, index) => {
    const start = first.pts90k + index * length
    return frames.some(({ pts90k, key }) => key && Math.abs(pts90k - start) < 9000)
  })
}
