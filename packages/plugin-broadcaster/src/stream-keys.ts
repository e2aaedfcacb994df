import { createHash, timingSafeEqual } from 'node:crypto'
import type { PublishRequest } from '@livepeer-node/sdk'
import { streamKeyRefused } from './errors.ts'

/**
 * Who may publish what. The key of a stream is not its playback id, so that whoever may watch may not publish.
 * Every comparison takes the same time, whatever is given.
 */
export class StreamKeys {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #required: boolean

  /** `keys`: stream key by playback id. `required` defaults to whether there is any. */
  constructor(keys: Readonly<Record<string, string>>, required?: boolean) {
    this.#keys = new Map(Object.entries(keys).map(([id, key]) => [id, digest(key)]))
    this.#required = required ?? this.#keys.size > 0
  }

  /** The playback id that the publisher may use; `undefined`: it named none, choose one. Throws the refusal. */
  admit(request: Pick<PublishRequest, 'playbackId' | 'streamKey'>): string | undefined {
    const { playbackId, streamKey } = request
    const owned = streamKey === undefined ? this.#ownerOf(playbackId ?? '') : undefined
    if (owned !== undefined) return owned
    const expected = this.#keys.get(playbackId ?? '')
    if (expected) {
      if (!timingSafeEqual(expected, digest(streamKey ?? ''))) throw streamKeyRefused()
      return playbackId
    }
    if (this.#required) throw streamKeyRefused()
    return playbackId
  }

  /** OBS has a single "stream key" field: the key alone names the stream. */
  #ownerOf(key: string): string | undefined {
    const given = digest(key)
    let owner: string | undefined
    for (const [id, expected] of this.#keys) if (timingSafeEqual(expected, given)) owner = id
    return owner
  }
}

/** Equal lengths for `timingSafeEqual`; a key's length does not leak either. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
