import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP hop that can stop passing anything on while all connections stay open: a peer that died without a word. */
export class FrozenProxy {
  readonly #targetPort: () => number
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #frozen = false

  constructor(targetPort: () => number) {
    this.#targetPort = targetPort
  }

  get address(): string {
    const address = this.#server?.address()
    if (!address || typeof address === 'string') throw new Error('the proxy does not listen')
    return `127.0.0.1:${address.port}`
  }

  async listen(): Promise<this> {
    const server = createServer((near) => {
      const far = connect(this.#targetPort(), '127.0.0.1')
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => this.#sockets.delete(socket))
      }
      near.on('data', (data) => this.#frozen || far.write(data))
      far.on('data', (data) => this.#frozen || near.write(data))
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#server = server
    return this
  }

  freeze(): void {
    this.#frozen = true
  }

  thaw(): void {
    this.#frozen = false
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()))
  }
}
