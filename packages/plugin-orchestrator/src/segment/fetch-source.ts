import { DOWNLOAD_MS, MAX_SEGMENT_BYTES } from '@livepeer-node/protocol'
import { type Clock, within } from '@livepeer-node/sdk'
import { Agent, request } from 'undici'
import { downloadFailed } from './errors.ts'

/** Nobody verifies certificates between nodes (wire.md §2.2). */
const unverified = () => new Agent({ connect: { rejectUnauthorized: false } })

/** Fetches segments that broadcasters put somewhere else and sent only the URL of. */
export class SourceFetcher {
  readonly #agent = unverified()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `LP_SEGMENT_DOWNLOAD`: not http(s), not 200, longer than 4 s, larger than a segment may be. */
  async fetch(url: string): Promise<Buffer> {
    if (!/^https?:\/\//i.test(url)) throw downloadFailed(url, 'it is not an http or https URL')
    try {
      return await within({ clock: this.#clock, ms: DOWNLOAD_MS, error: tookTooLong }, (signal) =>
        this.#get(url, signal),
      )
    } catch (cause) {
      throw downloadFailed(url, cause instanceof Error ? cause.message : String(cause), cause)
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  async #get(url: string, signal: AbortSignal): Promise<Buffer> {
    const response = await request(url, { dispatcher: this.#agent, signal })
    if (response.statusCode === 200) return collect(response.body)
    await response.body.dump()
    throw new Error(`it answered ${response.statusCode}`)
  }
}

const tookTooLong = () => new Error(`it took longer than ${DOWNLOAD_MS} ms`)

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let received = 0
  for await (const chunk of body) {
    received += chunk.length
    if (received > MAX_SEGMENT_BYTES) throw new Error(`it is larger than ${MAX_SEGMENT_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, received)
}
