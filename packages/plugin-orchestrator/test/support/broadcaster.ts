import { create } from '@bufbuild/protobuf'
import {
  type AuthToken,
  decodeMessage,
  EndTranscodingSessionRequestSchema,
  encodeMessage,
  encodeSegmentHeader,
  jobCapabilitiesMessage,
  keccak256,
  Orchestrator,
  type OrchestratorInfo,
  type SegData,
  segmentData,
  type TranscodeResult,
  TranscodeResultSchema,
} from '@livepeer-node/protocol'
import { aLadder, someBytes } from '@livepeer-node/test-kit'
import { createClient, type Client } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { type Answer, type Call, H2 } from './h2.ts'

export interface SegmentInit {
  readonly seq?: bigint
  readonly bytes?: Uint8Array
  /** The body, where it is not the bytes. */
  readonly body?: Uint8Array | string
  readonly token?: AuthToken | undefined
  readonly durationMs?: number
  readonly type?: string
  readonly ladder?: Parameters<typeof segmentData>[0]['ladder']
  /** Changes the message before it is sent. */
  readonly change?: (data: SegData) => void
}

/** A broadcaster as the wire knows it, for one session. */
export class TestBroadcaster {
  readonly h2: H2
  readonly rpc: Client<typeof Orchestrator>
  info: OrchestratorInfo | undefined

  constructor(uri: string) {
    this.h2 = new H2(uri)
    this.rpc = createClient(
      Orchestrator,
      createGrpcTransport({ baseUrl: uri, nodeOptions: { rejectUnauthorized: false }, idleConnectionTimeoutMs: 1000 }),
    )
  }

  async discover(): Promise<OrchestratorInfo> {
    this.info = await this.rpc.getOrchestrator({
      address: new Uint8Array(20),
      capabilities: jobCapabilitiesMessage(4099n),
    })
    return this.info
  }

  header(init: SegmentInit = {}): string {
    const bytes = init.bytes ?? someBytes()
    const token = 'token' in init ? init.token : this.info?.authToken
    const data = segmentData({
      manifestId: new TextEncoder().encode('movie'),
      seq: init.seq ?? 0n,
      hash: keccak256(bytes),
      durationMs: init.durationMs ?? 2000,
      ladder: init.ladder ?? aLadder(),
      capabilities: jobCapabilitiesMessage(4099n),
      ...(token && { authToken: token }),
    })
    init.change?.(data)
    return encodeSegmentHeader(data)
  }

  send(init: SegmentInit = {}): Call {
    const headers = {
      ':method': 'POST',
      ':path': '/segment',
      'livepeer-segment': this.header(init),
      'livepeer-payment': '',
      'content-type': init.type ?? 'video/MP2T',
    }
    return this.h2.call(headers, init.body ?? init.bytes ?? someBytes())
  }

  async segment(init: SegmentInit = {}): Promise<{ answer: Answer; result: TranscodeResult }> {
    const answer = await this.send(init).answer
    return { answer, result: resultOf(answer) }
  }

  async end(token = this.info?.authToken): Promise<void> {
    await this.rpc.endTranscodingSession({ ...(token && { authToken: token }) })
  }

  close(): void {
    this.h2.close()
  }
}

export function resultOf(answer: Answer): TranscodeResult {
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.body.toString()}`)
  return decodeMessage(TranscodeResultSchema, answer.body)
}

export const endRequest = (token?: AuthToken): Uint8Array =>
  encodeMessage(
    EndTranscodingSessionRequestSchema,
    create(EndTranscodingSessionRequestSchema, { ...(token && { authToken: token }) }),
  )
