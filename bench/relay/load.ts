import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import * as http2 from 'node:http2'
import { Agent, get } from 'node:https'
import { generateClip } from '@livepeer-node/media'
import {
  type AuthToken,
  decodeMessage,
  encodeMessage,
  encodeSegmentHeader,
  jobCapabilitiesMessage,
  keccak256,
  offchainSigner,
  OrchestratorInfoSchema,
  OrchestratorRequestSchema,
  orchestratorRequest,
  PAYMENT_HEADER,
  SEGMENT_HEADER,
  SEGMENT_PATH,
  SEGMENT_TYPE,
  segmentData,
  TranscodeResultSchema,
} from '@livepeer-node/protocol'
import type { Ladder } from '@livepeer-node/sdk'
import { LADDER } from '../lib/profiles.ts'
import { padded } from './padding.ts'

const GRPC_HEAD = 5
/** H.264 in and out, MPEG-TS, bit by number (wire.md §5.1). */
const CAPABILITIES = (1n << 0n) | (1n << 1n)

export interface UploaderInit {
  readonly uri: string
  /** The same segment again and again. */
  readonly segment: Uint8Array
  readonly ladder?: Ladder
}

export interface Delivery {
  /** From the first byte of the request to the last one of the answer, ms. */
  readonly ms: number
  /** In ladder order; empty unless they were fetched. */
  readonly renditions: readonly Buffer[]
}

/** One broadcaster's stream: own connections, a session, one segment after the other. */
export class Uploader {
  readonly #connection: http2.ClientHttp2Session
  /** Broadcasters fetch renditions by HTTP/1.1 (wire.md §8.2). */
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false })
  readonly #bytes: Buffer
  readonly #hash: Uint8Array
  readonly #ladder: Ladder
  #token: AuthToken | undefined
  #seq = 0n

  constructor({ uri, segment, ladder = LADDER }: UploaderInit) {
    this.#connection = connect(uri)
    this.#bytes = Buffer.from(segment)
    this.#hash = keccak256(this.#bytes)
    this.#ladder = ladder
  }

  async discover(): Promise<void> {
    const request = await orchestratorRequest(offchainSigner, jobCapabilitiesMessage(CAPABILITIES))
    const message = encodeMessage(OrchestratorRequestSchema, request)
    const frame = Buffer.alloc(GRPC_HEAD + message.length)
    frame.writeUInt32BE(message.length, 1)
    frame.set(message, GRPC_HEAD)
    const headers = { ':path': '/net.Orchestrator/GetOrchestrator', 'content-type': 'application/grpc', te: 'trailers' }
    const answer = await post(this.#connection, headers, frame)
    this.#token = decodeMessage(OrchestratorInfoSchema, answer.subarray(GRPC_HEAD)).authToken
    if (!this.#token) throw new Error('the orchestrator gave no token')
  }

  /** Sends the next segment; `fetch` the renditions too, as a broadcaster does. Throws where it was not transcoded. */
  async segment(fetch: boolean): Promise<Delivery> {
    const headers = this.#headers()
    const begun = performance.now()
    const answer = await post(this.#connection, headers, this.#bytes)
    const ms = performance.now() - begun
    const { result } = decodeMessage(TranscodeResultSchema, answer)
    if (result.case !== 'data') throw new Error(`refused: ${result.value}`)
    const { segments } = result.value
    if (segments.length !== this.#ladder.length) throw new Error('renditions are missing')
    return { ms, renditions: fetch ? await Promise.all(segments.map(({ url }) => this.#fetch(url))) : [] }
  }

  close(): void {
    this.#connection.destroy()
    this.#agent.destroy()
  }

  #headers(): http2.OutgoingHttpHeaders {
    const data = segmentData({
      manifestId: new TextEncoder().encode('bench'),
      seq: this.#seq++,
      hash: this.#hash,
      durationMs: 2000,
      ladder: this.#ladder,
      capabilities: jobCapabilitiesMessage(CAPABILITIES),
      ...(this.#token && { authToken: this.#token }),
    })
    return {
      ':path': SEGMENT_PATH,
      [SEGMENT_HEADER]: encodeSegmentHeader(data),
      [PAYMENT_HEADER]: '',
      'content-type': SEGMENT_TYPE,
    }
  }

  async #fetch(url: string): Promise<Buffer> {
    const [response] = (await once(get(url, { agent: this.#agent }), 'response')) as [IncomingMessage]
    return await bodyOf(response, response.statusCode)
  }
}

/** One connection to a bare peer, with windows as wide as the peer's own. */
export class BareClient {
  readonly #connection: http2.ClientHttp2Session

  constructor(uri: string) {
    this.#connection = connect(uri, { initialWindowSize: 4 << 20 })
    this.#connection.once('connect', () => this.#connection.setLocalWindowSize(16 << 20))
  }

  post(path: string, body: Buffer): Promise<Buffer> {
    return post(this.#connection, { ':path': path }, body)
  }

  get(path: string): Promise<Buffer> {
    return answerTo(this.#connection.request({ ':path': path }))
  }

  close(): void {
    this.#connection.destroy()
  }
}

/** A segment of 2 s of 720p30 with this many bytes. */
export async function sourceSegment(bytes: number): Promise<Buffer> {
  // Some sort of overhead is on top of what the encoder is asked for.
  const bitrate = Math.floor(bytes * 3)
  return padded(await generateClip({ seconds: 2, width: 1280, height: 720, fps: 30, bitrate }), bytes)
}

function connect(uri: string, settings: http2.Settings = {}): http2.ClientHttp2Session {
  // A connection that ends is no event of its own: the requests on it fail.
  return http2.connect(uri, { rejectUnauthorized: false, settings }).on('error', () => undefined)
}

async function post(
  connection: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  body: Buffer,
): Promise<Buffer> {
  const stream = connection.request({ ':method': 'POST', 'content-length': body.length, ...headers })
  stream.end(body)
  return await answerTo(stream)
}

async function answerTo(stream: http2.ClientHttp2Stream): Promise<Buffer> {
  const [answer] = (await once(stream, 'response')) as [http2.IncomingHttpStatusHeader]
  return await bodyOf(stream, answer[':status'])
}

async function bodyOf(stream: NodeJS.ReadableStream, status: number | undefined): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  if (status !== 200) throw new Error(`status ${status}: ${body.toString()}`)
  return body
}
