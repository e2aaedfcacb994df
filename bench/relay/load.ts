import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as http2 from 'node:http2'
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
import { LADDER } from '../lib/profiles.ts'

const GRPC_HEAD = 5
/** H.264 in and out, MPEG-TS, bit by number (wire.md §5.1). */
const CAPABILITIES = (1n << 0n) | (1n << 1n)

/** One broadcaster's stream: an own connection, a session, one segment after the other. */
export class Uploader {
  readonly #connection: http2.ClientHttp2Session
  readonly #bytes: Buffer
  readonly #hash: Uint8Array
  #token: AuthToken | undefined
  #seq = 0n

  constructor(uri: string, segmentBytes: number) {
    this.#connection = http2.connect(uri, { rejectUnauthorized: false })
    this.#bytes = randomBytes(segmentBytes)
    this.#hash = keccak256(this.#bytes)
  }

  async discover(): Promise<void> {
    const request = await orchestratorRequest(offchainSigner, jobCapabilitiesMessage(CAPABILITIES))
    const message = encodeMessage(OrchestratorRequestSchema, request)
    const frame = Buffer.alloc(GRPC_HEAD + message.length)
    frame.writeUInt32BE(message.length, 1)
    frame.set(message, GRPC_HEAD)
    const headers = { ':path': '/net.Orchestrator/GetOrchestrator', 'content-type': 'application/grpc', te: 'trailers' }
    const answer = await this.#post(headers, frame)
    this.#token = decodeMessage(OrchestratorInfoSchema, answer.subarray(GRPC_HEAD)).authToken
    if (!this.#token) throw new Error('the orchestrator gave no token')
  }

  /** Sends the next segment; `fetch` the renditions too, as a broadcaster does. */
  async segment(fetch: boolean): Promise<void> {
    const data = segmentData({
      manifestId: new TextEncoder().encode('bench'),
      seq: this.#seq++,
      hash: this.#hash,
      durationMs: 2000,
      ladder: LADDER,
      capabilities: jobCapabilitiesMessage(CAPABILITIES),
      ...(this.#token && { authToken: this.#token }),
    })
    const headers = {
      ':path': SEGMENT_PATH,
      [SEGMENT_HEADER]: encodeSegmentHeader(data),
      [PAYMENT_HEADER]: '',
      'content-type': SEGMENT_TYPE,
    }
    const { result } = decodeMessage(TranscodeResultSchema, await this.#post(headers, this.#bytes))
    if (result.case !== 'data') throw new Error(`refused: ${result.value}`)
    if (result.value.segments.length !== LADDER.length) throw new Error('renditions are missing')
    if (fetch) await Promise.all(result.value.segments.map(({ url }) => this.#get(new URL(url).pathname)))
  }

  close(): void {
    this.#connection.destroy()
  }

  #get(path: string): Promise<Buffer> {
    return answerOf(this.#connection.request({ ':path': path }))
  }

  #post(headers: http2.OutgoingHttpHeaders, body: Buffer): Promise<Buffer> {
    const stream = this.#connection.request({ ':method': 'POST', ...headers })
    stream.end(body)
    return answerOf(stream)
  }
}

async function answerOf(stream: http2.ClientHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpStatusHeader]
  if (!stream.readableEnded) await once(stream, 'end')
  const body = Buffer.concat(chunks)
  if (headers[':status'] !== 200) throw new Error(`status ${headers[':status']}: ${body.toString()}`)
  return body
}
