import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { Socket } from 'node:net'
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import {
  isGrpcRequest,
  type NotifySegment,
  NotifySegmentSchema,
  type RegisterRequest,
  RESULTS_PATH,
  Transcoder,
  TRANSCODER_DRAIN_PATH,
} from '@livepeer-node/protocol'
import { CERTIFICATE, KEY } from './certificate.ts'

/** What comes one by one, for tests that wait for the next. */
export class Mailbox<T> {
  readonly #items: T[] = []
  readonly #takers: ((item: T) => void)[] = []

  put(item: T): void {
    const taker = this.#takers.shift()
    if (taker) taker(item)
    else this.#items.push(item)
  }
  next(): Promise<T> {
    const item = this.#items.shift()
    return item === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(item)
  }
  get size(): number {
    return this.#items.length
  }
}

export interface Registration {
  readonly request: RegisterRequest
  readonly headers: Headers
  send(message: MessageInitShape<typeof NotifySegmentSchema>): void
  /** Ends the call: clean without an error. */
  end(error?: ConnectError): void
  /** Resolves when the transcoder has gone. */
  readonly gone: Promise<void>
}

export interface PostedResult {
  readonly httpVersion: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly body?: Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** Never answers. */
  readonly silent?: boolean
  /** Cuts the connection. */
  readonly reset?: boolean
}

/** The port of an orchestrator, as far as a transcoder sees it: registration, sources, results. Real TLS, real HTTP/2. */
export class OrchestratorDouble {
  readonly registrations = new Mailbox<Registration>()
  readonly results = new Mailbox<PostedResult>()
  /** By path. */
  readonly sources = new Map<string, Answer>()
  /** HTTP versions of the GETs so far. */
  readonly downloads: string[] = []
  /** Headers of the drain announcements. */
  readonly drains = new Mailbox<PostedResult['headers']>()
  /** How drain announcements are answered; default: as go-livepeer does. */
  drainAnswer: Answer = { status: 404 }
  /** Answers to the next results; 200 when there are none. */
  readonly answers: Answer[] = []
  secret: string
  #server: Http2SecureServer | undefined
  #sockets = new Set<Socket>()

  constructor(secret = 'shared') {
    this.secret = secret
  }

  get port(): number {
    const address = this.#server?.address()
    if (!address || typeof address === 'string') throw new Error('the orchestrator does not listen')
    return address.port
  }
  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  async listen(port = 0): Promise<this> {
    const rpc = connectNodeAdapter({ routes: (router) => this.#routes(router), grpc: true, connect: false })
    const server = createSecureServer({ key: KEY, cert: CERTIFICATE, allowHTTP1: true })
    server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
      if (isGrpcRequest(request.httpVersionMajor, request.headers['content-type'])) rpc(request, response)
      else void this.#http(request, response)
    })
    server.on('secureConnection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.on('sessionError', () => undefined)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    this.#server = server
    return this
  }

  /** As a killed process: all sockets are gone at once. */
  async kill(): Promise<void> {
    const server = this.#server
    for (const socket of this.#sockets) socket.destroy()
    if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  #routes(router: ConnectRouter): void {
    const admit = (request: RegisterRequest, context: HandlerContext) => this.#admit(request, context)
    router.service(Transcoder, {
      async *registerTranscoder(request, context) {
        yield* admit(request, context)
      },
    })
  }

  async *#admit(request: RegisterRequest, context: HandlerContext): AsyncGenerator<NotifySegment> {
    const { signal, requestHeader } = context
    if (request.secret !== this.secret) throw new ConnectError('invalid secret', Code.Unknown)
    const outbox = new Mailbox<NotifySegment | ConnectError | 'end'>()
    const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    void gone.then(() => outbox.put('end'))
    this.registrations.put({
      request,
      headers: requestHeader,
      gone,
      send: (message) => outbox.put(create(NotifySegmentSchema, message)),
      end: (error) => outbox.put(error ?? 'end'),
    })
    for (let item = await outbox.next(); item !== 'end'; item = await outbox.next()) {
      if (item instanceof ConnectError) throw item
      yield item
    }
  }

  async #http(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const path = request.url
    if (path === RESULTS_PATH) {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      this.results.put({ httpVersion: request.httpVersion, headers: request.headers, body: Buffer.concat(chunks) })
      reply(response, this.answers.shift() ?? { status: 200, body: Buffer.from('OK') })
      return
    }
    if (path === TRANSCODER_DRAIN_PATH) {
      this.drains.put(request.headers)
      reply(response, this.drainAnswer)
      return
    }
    this.downloads.push(request.httpVersion)
    reply(response, this.sources.get(path) ?? { status: 404, body: Buffer.from('ErrNotFound\n') })
  }
}

function reply(response: Http2ServerResponse, answer: Answer): void {
  if (answer.silent) return
  if (answer.reset) {
    response.stream.session?.destroy()
    return
  }
  response.writeHead(answer.status, answer.headers ?? {})
  response.end(answer.body ?? Buffer.alloc(0))
}
