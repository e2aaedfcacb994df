import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { localAuthority, type NodeAddress } from '@livepeer-node/protocol'
import { listenFailed } from '@livepeer-node/sdk'

export interface ListenRequest {
  readonly option: string
  readonly address: NodeAddress
}

/** A player asks every few seconds: its connection should still be there. */
const KEEP_ALIVE_MS = 65_000

/** A bound port or socket. It answers 503 until it is given something to serve. */
export class Listener {
  readonly server: Server
  #handle: RequestListener = unavailable
  #isClosing = false

  private constructor() {
    this.server = createServer((request, response) => {
      // A kept-alive connection becomes idle only after its answer; nothing else ends it while the server closes.
      response.once('close', () => this.#isClosing && setImmediate(() => this.server.closeIdleConnections()))
      this.#handle(request, response)
    })
    this.server.keepAliveTimeout = KEEP_ALIVE_MS
  }

  /** Rejects with `LP_PORT_TAKEN` or `LP_LISTEN_FAILED`. */
  static async open({ option, address }: ListenRequest): Promise<Listener> {
    const listener = new Listener()
    try {
      listener.server.listen({ host: address.host, port: address.port })
      await once(listener.server, 'listening')
    } catch (error) {
      throw listenFailed({ option, authority: address.authority }, error as NodeJS.ErrnoException)
    }
    return listener
  }

  /** A Unix socket, for programs of this user alone when its folder is. Rejects with the system's error. */
  static async openSocket(path: string): Promise<Listener> {
    const listener = new Listener()
    listener.server.listen({ path })
    await once(listener.server, 'listening')
    await chmod(path, 0o600)
    return listener
  }

  serve(handle: RequestListener): void {
    this.#handle = handle
  }

  /** For a program on this machine, with the real port. */
  get url(): string {
    const { address, port } = this.server.address() as AddressInfo
    return `http://${localAuthority({ host: address, port })}`
  }

  /** No new connections; idle ones end now, requests that run may end by themselves until `deadline` aborts. */
  async close(deadline: AbortSignal): Promise<void> {
    if (!this.server.listening) return
    this.#isClosing = true
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeIdleConnections()
    const cut = () => this.server.closeAllConnections()
    if (deadline.aborted) cut()
    deadline.addEventListener('abort', cut, { once: true })
    await closed
    deadline.removeEventListener('abort', cut)
  }
}

const unavailable: RequestListener = (request, response) => {
  request.resume()
  response.writeHead(503, { 'retry-after': '1', 'access-control-allow-origin': '*', 'content-type': 'text/plain' })
  response.end('The node is starting.\n')
}
