import { once } from 'node:events'
import type { ServerOptions } from 'node:http'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { isAnyHost, isGrpcRequest, type NodeAddress } from '@livepeer-node/protocol'
import { listenFailed } from '@livepeer-node/sdk'
import type { Certificate } from '@livepeer-node/protocol/certificate'
import type { HttpRequest, HttpResponse } from './answer.ts'

export interface Handlers {
  /** HTTP/2 with a content type of `application/grpc…`. */
  grpc(request: Http2ServerRequest, response: Http2ServerResponse): void
  /** Everything else. */
  http(request: HttpRequest, response: HttpResponse): void
}

const STREAM_WINDOW = 4 << 20
const CONNECTION_WINDOW = 16 << 20
/** Payment headers reach 58 KB, and the reference takes 1 MiB (wire.md §2.1, §13.15). */
const MAX_HEADER_BYTES = 1 << 20
const HTTP1: ServerOptions = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 75_000 }
/** How long streams that are ending get to flush before their sockets are cut, ms. */
const GRACE_MS = 500

/** One TLS port for gRPC, HTTP/2 and HTTP/1.1, with or without ALPN (wire.md §2). */
export class TlsServer {
  readonly #server: Http2SecureServer
  readonly #sockets = new Set<TLSSocket>()
  readonly #sessions = new Set<ServerHttp2Session>()

  constructor(certificate: Certificate, handlers: Handlers) {
    this.#server = createSecureServer({
      ...certificate,
      allowHTTP1: true,
      maxSessionMemory: 128,
      http1Options: HTTP1,
      settings: {
        initialWindowSize: STREAM_WINDOW,
        maxConcurrentStreams: 250,
        maxFrameSize: 1 << 20,
        maxHeaderListSize: MAX_HEADER_BYTES,
      },
    })
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('session', (session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
      session.setLocalWindowSize(CONNECTION_WINDOW)
      // A peer that resets its connection is no event of ours; its streams fail by themselves.
      session.on('error', () => undefined)
    })
    this.#server.on('request', (request, response) => {
      if (isGrpcRequest(request.httpVersionMajor, request.headers['content-type'])) handlers.grpc(request, response)
      else handlers.http(request, response)
    })
  }

  /** Resolves with the port that was bound; rejects with `LP_PORT_TAKEN` or `LP_LISTEN_FAILED`. */
  async listen(address: NodeAddress): Promise<number> {
    const { host, port } = address
    this.#server.listen({ port, ...(!isAnyHost(host) && { host }) })
    try {
      await once(this.#server, 'listening')
    } catch (cause) {
      throw listenFailed({ option: 'listenAddr', authority: address.authority }, cause as NodeJS.ErrnoException)
    }
    return (this.#server.address() as AddressInfo).port
  }

  /** Takes no more connections, lets ending streams flush, then cuts what is left. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const session of this.#sessions) session.close()
    await Promise.race([closed, delay(GRACE_MS)])
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
