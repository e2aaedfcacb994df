import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import {
  CREDENTIALS_HEADER,
  DOWNLOAD_MS,
  MAX_SEGMENT_BYTES,
  PIXELS_HEADER,
  RESULTS_PATH,
  resultBody,
  TASK_ID_HEADER,
  TRANSCODER_DRAIN_PATH,
  TRANSCODER_ID_HEADER,
  TRANSCODER_PROTOCOL,
  TRANSCODING_ERROR_TYPE,
} from '@livepeer-node/protocol'
import { type Clock, isLivepeerError, type TranscodeResult, within } from '@livepeer-node/sdk'
import { Agent, type Dispatcher } from 'undici'
import { downloadFailed, drainUnheard, resultLost, resultRefused, sourceTooLarge } from './errors.ts'

/** One POST of a result; the orchestrator itself waits 8 s or more for the whole job. */
const POST_MS = 30_000
const POST_ATTEMPTS = 3
const POST_AGAIN_MS = 250
const DRAIN_POST_MS = 5000

export interface HttpInit {
  /** `https://host:port` of the orchestrator. */
  readonly orchestrator: string
  readonly secret: string
  /** What this transcoder calls itself towards an orchestrator of ours. */
  readonly id: string
  readonly clock: Clock
}

/**
 * The plain HTTP half of a transcoder: sources in, results out (wire.md §10.3, §10.4). Certificates are not verified
 * between nodes (§2.2), and no proxy is taken from the environment.
 */
export class TranscoderHttp {
  readonly #init: HttpInit
  readonly #downloads: Agent
  readonly #results: Agent

  constructor(init: HttpInit) {
    this.#init = init
    const connect = { rejectUnauthorized: false, timeout: DOWNLOAD_MS }
    // The deadlines of the wire are kept by the node's clock.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
    this.#downloads = new Agent({ allowH2: false, connect, ...timeouts })
    this.#results = new Agent({ allowH2: true, connect, ...timeouts })
  }

  /** GET of a source: 200 only, in 4 s, up to 300 MB. */
  download(url: string, signal: AbortSignal): Promise<Uint8Array> {
    const error = () => downloadFailed(url, `no answer within ${DOWNLOAD_MS} ms`)
    return within({ clock: this.#init.clock, ms: DOWNLOAD_MS, error, signal }, async (inTime) => {
      try {
        const { origin, pathname, search } = httpUrl(url)
        const options = { origin, path: pathname + search, method: 'GET', signal: inTime } as const
        const response = await this.#downloads.request(options)
        if (response.statusCode !== 200) throw await refusal(url, response)
        return await readAll(url, response)
      } catch (thrown) {
        throw isLivepeerError(thrown) ? thrown : downloadFailed(url, reason(thrown), thrown)
      }
    })
  }

  /** Hands the renditions in, in profile order. */
  postResult(taskId: bigint, result: TranscodeResult, signal: AbortSignal): Promise<void> {
    const body = resultBody(result.renditions)
    return this.#post(
      {
        headers: {
          'content-type': body.contentType,
          'content-length': String(body.length),
          [TASK_ID_HEADER]: String(taskId),
          [PIXELS_HEADER]: String(result.decodedPixels),
        },
        body: () => Readable.from(body.pieces, { objectMode: false }),
      },
      signal,
    )
  }

  /** Says why there are none. The text is all that the broadcaster gets to read. */
  postError(taskId: bigint, text: string, signal: AbortSignal): Promise<void> {
    const headers = {
      'content-type': TRANSCODING_ERROR_TYPE,
      [TASK_ID_HEADER]: String(taskId),
      [PIXELS_HEADER]: '0',
    }
    return this.#post({ headers, body: () => text }, signal)
  }

  /** Says that no new session is taken from now on. False: this orchestrator knows no such thing. */
  announceDrain(signal: AbortSignal): Promise<boolean> {
    const { orchestrator, clock } = this.#init
    const error = () => drainUnheard(orchestrator, `no answer within ${DRAIN_POST_MS} ms`)
    return within({ clock, ms: DRAIN_POST_MS, error, signal }, async (inTime) => {
      const path = TRANSCODER_DRAIN_PATH
      const response = await this.#results.request({
        origin: orchestrator,
        path,
        method: 'POST',
        headers: this.#credentials,
        signal: inTime,
      })
      const text = (await response.body.text()).trim()
      const { statusCode } = response
      if (statusCode === 404) return false
      if (statusCode !== 200) throw drainUnheard(orchestrator, `${statusCode} ${text.slice(0, 200)}`.trimEnd())
      return true
    })
  }

  async close(): Promise<void> {
    await Promise.all([this.#downloads.destroy(), this.#results.destroy()])
  }

  get #credentials(): Readonly<Record<string, string>> {
    const { secret, id } = this.#init
    return { authorization: TRANSCODER_PROTOCOL, [CREDENTIALS_HEADER]: secret, [TRANSCODER_ID_HEADER]: id }
  }

  /** The reference never tries again and loses the segment; a result is worth a second and a third attempt. */
  async #post(post: ResultPost, signal: AbortSignal): Promise<void> {
    const { orchestrator, clock } = this.#init
    for (let attempt = 1; ; attempt += 1) {
      try {
        const error = () => resultLost(orchestrator, new Error(`no answer within ${POST_MS} ms`))
        await within({ clock, ms: POST_MS, error, signal }, (inTime) => this.#postOnce(post, inTime))
        return
      } catch (thrown) {
        const failure = isLivepeerError(thrown) ? thrown : resultLost(orchestrator, thrown)
        const refused = failure.code === 'LP_RESULT_REFUSED' && Number(failure.observed) < 500
        if (refused || signal.aborted || attempt === POST_ATTEMPTS) throw failure
        await clock.sleep(POST_AGAIN_MS * attempt, signal)
      }
    }
  }

  async #postOnce(post: ResultPost, signal: AbortSignal): Promise<void> {
    const { orchestrator } = this.#init
    const response = await this.#results.request({
      origin: orchestrator,
      path: RESULTS_PATH,
      method: 'POST',
      headers: { ...post.headers, ...this.#credentials },
      body: post.body(),
      signal,
    })
    const text = (await response.body.text()).trim()
    if (response.statusCode < 200 || response.statusCode > 299) {
      throw resultRefused(orchestrator, response.statusCode, text.slice(0, 200))
    }
  }
}

interface ResultPost {
  readonly headers: Readonly<Record<string, string>>
  /** Made anew for each attempt. */
  readonly body: () => string | Readable
}

function httpUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw downloadFailed(url, 'not an http address')
  return parsed
}

/** A transcoder reports the status line, as `404 Not Found`. */
async function refusal(url: string, response: Dispatcher.ResponseData): Promise<Error> {
  await response.body.dump()
  const { statusCode } = response
  return downloadFailed(url, `${statusCode} ${response.statusText || STATUS_CODES[statusCode] || ''}`.trimEnd())
}

async function readAll(url: string, { headers, body }: Dispatcher.ResponseData): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const check = (bytes: number) => {
    if (bytes > MAX_SEGMENT_BYTES) throw sourceTooLarge(url, MAX_SEGMENT_BYTES)
  }
  try {
    check(Number(headers['content-length'] ?? 0))
    for await (const chunk of body) {
      size += (chunk as Uint8Array).length
      check(size)
      chunks.push(chunk as Uint8Array)
    }
  } catch (thrown) {
    body.on('error', () => undefined).destroy()
    throw thrown
  }
  return Buffer.concat(chunks, size)
}

function reason(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  return text || 'the connection failed'
}
