import {
  DOWNLOAD_MS,
  IDLE_CONNECTION_MS,
  MAX_SEGMENT_BYTES,
  SEGMENT_DIAL_MS,
  SEGMENT_PATH,
  SEGMENT_TYPE,
  segmentCallMs,
  segmentHeadersMs,
} from '@livepeer-node/protocol'
import { type Clock, isLivepeerError, type LivepeerError, untilAborted, within } from '@livepeer-node/sdk'
import { Agent, type Dispatcher } from 'undici'
import { badAnswer, downloadFailed, orchestratorSaid, timedOut, tooSlow, unreachable } from './wire-errors.ts'

/** A TranscodeResult holds URLs and counts; anything near this size is no such thing. */
const MAX_ANSWER_BYTES = 4 << 20
/** A connection that left a PING unanswered until the next is replaced: two of these are less than three attempts, ms. */
const PING_MS = 2500

export interface SegmentPost {
  /** Service URI. */
  readonly orchestrator: string
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  readonly durationMs: number
  readonly signal: AbortSignal
  /** Called when the answer's headers are there, whatever its status. */
  readonly answered: (header: (name: string) => string | undefined) => void
}

/**
 * Plain HTTP with orchestrators: segments out, renditions in. HTTP/2 where the peer offers it, connections are kept and
 * shared by all streams, certificates are not verified (wire.md §2.2), no proxy is taken from the environment.
 */
export class OrchestratorHttp {
  readonly #clock: Clock
  readonly #agent: Agent

  constructor(clock: Clock) {
    this.#clock = clock
    this.#agent = new Agent({
      allowH2: true,
      connect: { rejectUnauthorized: false, timeout: SEGMENT_DIAL_MS },
      keepAliveTimeout: IDLE_CONNECTION_MS,
      // The deadlines of the wire are kept here, by the node's clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      h2Options: {
        settings: { initialWindowSize: 4 << 20 },
        connectionWindowSize: 16 << 20,
        pingInterval: PING_MS,
      },
    })
  }

  /**
   * POST /segment. The orchestrator's early 200 only says that the upload is whole (wire.md §6.4); the result is the
   * body. Throws with the orchestrator's own text in `wireText` when it is refused.
   */
  postSegment(post: SegmentPost): Promise<Uint8Array> {
    const { orchestrator, durationMs } = post
    const headersMs = segmentHeadersMs(durationMs)
    const wholeMs = segmentCallMs(durationMs)
    const late = () => timedOut(orchestrator, 'The upload', headersMs)
    const slow = () => tooSlow(orchestrator, wholeMs)
    return within({ clock: this.#clock, ms: wholeMs, error: slow, signal: post.signal }, async (signal) => {
      const upload = { clock: this.#clock, ms: headersMs, error: late, signal }
      try {
        const response = await within(upload, (inTime) => this.#post(post, inTime))
        post.answered((name) => headerOf(response, name))
        return await answer(orchestrator, response, signal)
      } catch (thrown) {
        if (signal.aborted) throw signal.reason
        throw isLivepeerError(thrown) ? thrown : unreachable(orchestrator, 'Submitting the segment', thrown)
      }
    })
  }

  /** GET of one rendition, 200 only (wire.md §8.2). */
  download(url: string, signal: AbortSignal): Promise<Uint8Array> {
    const error = () => downloadFailed(url, `it took longer than ${DOWNLOAD_MS} ms.`)
    return within({ clock: this.#clock, ms: DOWNLOAD_MS, error, signal }, async (inTime) => {
      try {
        const { origin, path } = target(url)
        const response = await this.#agent.request({ origin, path, method: 'GET', signal: inTime })
        if (response.statusCode !== 200) throw await refusedDownload(url, response)
        const tooLarge = () => downloadFailed(url, `it is larger than ${MAX_SEGMENT_BYTES} bytes.`)
        return await readAll(response, { limit: MAX_SEGMENT_BYTES, tooLarge, signal: inTime })
      } catch (thrown) {
        if (inTime.aborted) throw inTime.reason
        throw isLivepeerError(thrown) ? thrown : downloadFailed(url, message(thrown), thrown)
      }
    })
  }

  /** Opens a connection ahead of the first segment, so that it does not wait for the TLS handshake. */
  async warm(orchestrator: string, signal: AbortSignal): Promise<void> {
    const { origin } = new URL(orchestrator)
    const error = () => timedOut(orchestrator, 'Connecting', SEGMENT_DIAL_MS)
    await within({ clock: this.#clock, ms: SEGMENT_DIAL_MS, error, signal }, async (inTime) => {
      const response = await this.#agent.request({ origin, path: '/healthz', method: 'GET', signal: inTime })
      await response.body.dump()
    })
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  #post(post: SegmentPost, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { origin } = new URL(post.orchestrator)
    const headers = { 'content-type': SEGMENT_TYPE, ...post.headers }
    return this.#agent.request({ origin, path: SEGMENT_PATH, method: 'POST', headers, body: post.bytes, signal })
  }
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name.toLowerCase()]
  return Array.isArray(value) ? value[0] : value
}

async function answer(orchestrator: string, response: Dispatcher.ResponseData, signal: AbortSignal) {
  const tooLarge = () => badAnswer(orchestrator, `it is larger than ${MAX_ANSWER_BYTES} bytes`)
  const body = await readAll(response, { limit: MAX_ANSWER_BYTES, tooLarge, signal })
  if (response.statusCode === 200) return body
  throw orchestratorSaid(orchestrator, new TextDecoder().decode(body).trim(), response.statusCode)
}

async function refusedDownload(url: string, response: Dispatcher.ResponseData): Promise<LivepeerError> {
  await response.body.dump()
  return downloadFailed(url, `status ${response.statusCode}.`)
}

interface ReadLimits {
  /** Bytes. */
  readonly limit: number
  readonly tooLarge: () => LivepeerError
  readonly signal: AbortSignal
}

async function readAll(response: Dispatcher.ResponseData, limits: ReadLimits): Promise<Uint8Array> {
  const { body } = response
  const announced = Number(response.headers['content-length'] ?? 0)
  const chunks: Uint8Array[] = []
  let size = 0
  const read = async () => {
    if (announced > limits.limit) throw limits.tooLarge()
    for await (const chunk of body) {
      size += (chunk as Uint8Array).length
      if (size > limits.limit) throw limits.tooLarge()
      chunks.push(chunk as Uint8Array)
    }
  }
  try {
    await untilAborted(read(), limits.signal)
  } catch (thrown) {
    body.on('error', () => {}).destroy()
    throw thrown
  }
  return Buffer.concat(chunks, size)
}

function target(url: string): { origin: string; path: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw downloadFailed(url, 'its address is not an absolute URL.')
  return { origin: parsed.origin, path: parsed.pathname + parsed.search }
}

function message(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
