import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * A TCP hop in front of a peer on this machine, whose connections a test can cut: silently, as by a pulled cable or a
 * forgetful NAT, or with a reset.
 */
export class Link implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  /** `targetPort` is asked for each connection: a peer may come back elsewhere. */
  static async to(targetPort: () => number): Promise<Link> {
    const server = createServer((near) => link.#join(near, connect(targetPort(), '127.0.0.1')))
    const link = new Link(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return link
  }

  /** `host:port` to connect to instead of the peer's own. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Connections that stand, silent ones included. */
  get connections(): number {
    return this.#sockets.size / 2
  }

  /** Nothing passes on the connections of now, and nobody is told. New ones work. */
  silence(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** Both ends of the connections of now see a reset. New ones work. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      // The end of one is the end of the other; what went wrong is the peers' to tell.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  }
}
