import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { create } from '@bufbuild/protobuf'
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import {
  AuthTokenSchema,
  DEFAULT_CAPABILITIES,
  DRAINING_HEADER,
  decodeSegmentHeader,
  encodeMessage,
  keccak256,
  nodeCapabilities,
  Orchestrator,
  type OrchestratorInfo,
  OrchestratorInfoSchema,
  type OrchestratorRequest,
  readProfiles,
  type SegData,
  TranscodeResultSchema,
  WireText,
} from '@livepeer-node/protocol'
import { someBytes } from '@livepeer-node/test-kit'
import { cert, key } from './tls.ts'

export interface SegmentCall {
  readonly data: SegData
  readonly bytes: Uint8Array
  readonly headers: http2.IncomingHttpHeaders
  readonly httpVersion: string
  /** Since the start of the double, from 0. */
  readonly n: number
}

/** What the double does with a segment instead of transcoding it. */
export type SegmentAnswer =
  | { readonly status: number; readonly text: string }
  | { readonly error: string }
  | { readonly body: Uint8Array }
  /** Renditions dropped from (negative) or added to the result. */
  | { readonly extra: number }
  | { readonly pixels: bigint }
  | { readonly sig: Uint8Array }
  /** Token that comes with the result. */
  | { readonly token: Uint8Array }
  | 'ok'

export interface Behaviour {
  info?: (info: OrchestratorInfo) => OrchestratorInfo
  /** Answered without reading the body. */
  refuse?: { readonly status: number; readonly text: string }
  /** Says on its answers that it is about to leave, and gives no new sessions. */
  draining?: boolean
  /** Runs before the 200 goes out. */
  beforeHeaders?: (call: SegmentCall) => Promise<void>
  segment?: (call: SegmentCall) => SegmentAnswer | Promise<SegmentAnswer>
  /** Status of a rendition's GET, once it settles. */
  download?: (path: string) => number | Promise<number>
  getOrchestrator?: (request: OrchestratorRequest) => void | Promise<void>
  rendition?: (name: string, seq: string) => Uint8Array
}

type Request = http2.Http2ServerRequest
type Response = http2.Http2ServerResponse

/** An orchestrator of the real wire that does as it is told. */
export class OrchestratorDouble {
  readonly behaviour: Behaviour = {}
  readonly asked: OrchestratorRequest[] = []
  readonly segments: SegmentCall[] = []
  readonly ended: string[] = []
  readonly downloads: string[] = []
  tokenLifeS = 1800
  connections = 0
  warmed = 0
  #now: () => number
  #server: http2.Http2SecureServer | undefined
  readonly #sockets = new Set<Socket>()
  #tokens = new Set<string>()
  #port = 0
  #watchers: (() => void)[] = []

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  static async start(behaviour: Behaviour = {}, now?: () => number): Promise<OrchestratorDouble> {
    const double = new OrchestratorDouble(now)
    Object.assign(double.behaviour, behaviour)
    await double.start()
    return double
  }

  get uri(): string {
    return `https://127.0.0.1:${this.#port}`
  }

  /** On the same port as before; tokens of before are worth nothing. */
  async start(): Promise<void> {
    const rpc = connectNodeAdapter({ routes: (router) => this.#routes(router), connect: false, grpcWeb: false })
    const server = http2.createSecureServer({ key, cert, allowHTTP1: true })
    server.on('request', (request: Request, response: Response) => {
      if (request.headers['content-type']?.startsWith('application/grpc')) rpc(request, response)
      else void this.#http(request, response)
    })
    server.on('connection', (socket: Socket) => {
      this.connections += 1
      this.#sockets.add(socket)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        this.#tell()
      })
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
    this.#tokens = new Set()
  }

  forgetTokens(): void {
    this.#tokens = new Set()
  }

  /** Resolves when nobody is connected any more. */
  quiet(): Promise<void> {
    return this.until(() => this.#sockets.size === 0)
  }

  /** As by `kill -9`: connections break. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Resolves once `condition` holds; looked at whenever something came in. */
  async until(condition: (double: this) => boolean): Promise<void> {
    if (condition(this)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const watcher = () => {
      if (condition(this)) resolve()
    }
    this.#watchers.push(watcher)
    await promise
    this.#watchers = this.#watchers.filter((other) => other !== watcher)
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
  }

  #routes(router: ConnectRouter): void {
    router.service(Orchestrator, {
      getOrchestrator: async (request) => {
        this.asked.push(request)
        this.#tell()
        await this.behaviour.getOrchestrator?.(request)
        if (this.behaviour.draining) throw new ConnectError(WireText.capped, Code.Unknown)
        return this.#info()
      },
      endTranscodingSession: ({ authToken }) => {
        if (!authToken) throw new ConnectError('no token', Code.InvalidArgument)
        this.ended.push(authToken.sessionId)
        this.#tell()
        return {}
      },
    })
  }

  #info(): OrchestratorInfo {
    const sessionId = randomBytes(4).toString('hex')
    this.#tokens.add(sessionId)
    const expiration = BigInt(Math.floor(this.#now() / 1000) + this.tokenLifeS)
    const info = create(OrchestratorInfoSchema, {
      transcoder: this.uri,
      address: new Uint8Array(20),
      capabilities: nodeCapabilities({ capabilities: DEFAULT_CAPABILITIES, version: '0.9.1' }),
      authToken: create(AuthTokenSchema, { token: randomBytes(32), sessionId, expiration }),
    })
    return this.behaviour.info?.(info) ?? info
  }

  async #http(request: Request, response: Response): Promise<void> {
    try {
      if (request.url === '/healthz') {
        this.warmed += 1
        response.writeHead(200).end()
        this.#tell()
      } else if (request.url === '/segment') await this.#segment(request, response)
      else await this.#download(request.url, response)
    } catch (error) {
      response.stream?.destroy(error as Error)
    }
  }

  async #segment(request: Request, response: Response): Promise<void> {
    if (this.behaviour.draining) response.setHeader(DRAINING_HEADER, '1')
    const { refuse: unread } = this.behaviour
    if (unread) return void response.writeHead(unread.status).end(`${unread.text}\n`)
    const data = decodeSegmentHeader(String(request.headers['livepeer-segment']))
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const { headers, httpVersion } = request
    const call = { data, bytes, headers, httpVersion, n: this.segments.length }
    this.segments.push(call)
    this.#tell()
    const refuse = (status: number, text: string) => response.writeHead(status).end(`${text}\n`)
    if (!this.#tokens.has(data.authToken?.sessionId ?? '')) return void refuse(403, 'invalid auth token')
    if (!same(keccak256(bytes), data.hash)) return void refuse(403, 'Forbidden')
    await this.behaviour.beforeHeaders?.(call)
    const answer = this.behaviour.segment?.(call) ?? 'ok'
    const early = answer instanceof Promise
    if (early) response.writeHead(200)
    const settled = await answer
    if (typeof settled === 'object' && 'status' in settled) return void refuse(settled.status, settled.text)
    if (!early) response.writeHead(200)
    response.end(this.#result(call, settled))
  }

  #result({ data }: SegmentCall, answer: Exclude<SegmentAnswer, { status: number }>): Uint8Array {
    if (answer !== 'ok' && 'body' in answer) return answer.body
    const { seq } = data
    if (answer !== 'ok' && 'error' in answer)
      return encodeMessage(
        TranscodeResultSchema,
        create(TranscodeResultSchema, { seq, result: { case: 'error', value: answer.error } }),
      )
    const count = answer !== 'ok' && 'extra' in answer ? answer.extra : 0
    const profiles = readProfiles(data)
    const listed = count < 0 ? profiles.slice(0, count) : [...profiles, ...profiles.slice(0, count)]
    const segments = listed.map(({ name, width, height }) => ({
      url: `${this.uri}/stream/${data.authToken?.sessionId}/${name}/${seq}.ts`,
      pixels: answer !== 'ok' && 'pixels' in answer ? answer.pixels : BigInt(60 * width * height),
    }))
    const sig = answer !== 'ok' && 'sig' in answer ? answer.sig : new Uint8Array()
    const value = { segments, sig }
    const token = answer !== 'ok' && 'token' in answer ? answer.token : undefined
    const authToken = data.authToken && token ? { ...data.authToken, token } : undefined
    const info = authToken && create(OrchestratorInfoSchema, { transcoder: this.uri, authToken })
    return encodeMessage(
      TranscodeResultSchema,
      create(TranscodeResultSchema, { seq, result: { case: 'data', value }, ...(info && { info }) }),
    )
  }

  async #download(path: string, response: Response): Promise<void> {
    this.downloads.push(path)
    this.#tell()
    const status = (await this.behaviour.download?.(path)) ?? 200
    const [, , , name = '', file = ''] = path.split('/')
    const bytes = this.behaviour.rendition?.(name, file) ?? renditionBytes(name, file)
    response.writeHead(status, { 'content-length': bytes.length }).end(bytes)
  }
}

/** What the double serves for a rendition: different for each name and number. */
export function renditionBytes(name: string, file: string): Uint8Array {
  const bytes = someBytes()
  bytes.set(createHash('sha256').update(`${name}/${file}`).digest(), 8)
  return bytes
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
