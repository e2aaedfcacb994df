import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { LinkDirection, type Passage } from './link-direction.ts'

export interface LinkOptions {
  /** Address to listen on, one of this machine; default 127.0.0.1. On Linux all of 127.0.0.0/8 is. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
}

export interface SlowLink {
  /** Added to each direction, ms; default 0. */
  readonly latencyMs?: number
  /** Of each connection, each direction; default: no limit. */
  readonly bytesPerSecond?: number
}

interface Joined {
  readonly near: Socket
  /** Absent until the connection is let through. */
  far: Socket | undefined
  /** One end has closed; in a partition the other does not hear of it before the end of it. */
  over: boolean
  directions: readonly LinkDirection[]
}

const unaltered = (piece: Buffer): Buffer => piece

/**
 * A TCP hop in front of a peer on this machine, which a test can cut, slow down or spoil: silently, as by a pulled cable or a
 * forgetful NAT, or with a reset.
 */
export class Link implements AsyncDisposable {
  readonly #server: Server
  readonly #targetPort: () => number
  readonly #joined = new Set<Joined>()
  readonly #passage: Passage = { blocked: false, latencyMs: 0, bytesPerSecond: Infinity, alter: unaltered }

  private constructor(server: Server, targetPort: () => number) {
    this.#server = server
    this.#targetPort = targetPort
  }

  /** `targetPort` on 127.0.0.1 is asked for each connection: a peer may come back elsewhere. */
  static async to(targetPort: () => number, options: LinkOptions = {}): Promise<Link> {
    const { host = '127.0.0.1', port = 0 } = options
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (near) => link.#arrive(near))
    const link = new Link(server, targetPort)
    server.listen(port, host)
    await once(server, 'listening')
    return link
  }

  /** `host:port` to connect to instead of the peer's own. */
  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return `${address}:${port}`
  }

  /** Connections that stand, silent ones included. */
  get connections(): number {
    return this.#joined.size
  }

  /** Nothing passes on the connections of now, and nobody is told. New ones work. */
  silence(): void {
    for (const { directions } of this.#joined) {
      for (const direction of directions) {
        direction.silenced = true
        direction.move()
      }
    }
  }

  /** Both ends of the connections of now see a reset. New ones work. */
  reset(): void {
    for (const { near, far } of this.#joined) for (const socket of [near, far]) socket?.resetAndDestroy()
  }

  /** Nothing passes, on the connections of now and on new ones, which are taken and hear nothing; until `heal`. */
  partition(): void {
    this.#change({ blocked: true })
  }

  /** What passes does so later, and no more of it than that; until `heal`. */
  slowDown({ latencyMs = 0, bytesPerSecond = Infinity }: SlowLink): void {
    this.#change({ latencyMs, bytesPerSecond })
  }

  /** One bit in the middle of each piece that passes is turned over; until `heal`. */
  corrupt(): void {
    this.#change({ alter: spoiled })
  }

  /** All passes again as it should. Connections that were silenced stay silent. */
  heal(): void {
    this.#change({ blocked: false, latencyMs: 0, bytesPerSecond: Infinity, alter: unaltered })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { near, far } of this.#joined) for (const socket of [near, far]) socket?.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #change(to: Partial<Passage>): void {
    Object.assign(this.#passage, to)
    for (const joined of this.#joined) {
      if (joined.over && !this.#passage.blocked) this.#close(joined)
      else if (!joined.far && !this.#passage.blocked) this.#letThrough(joined)
      for (const direction of joined.directions) direction.move()
    }
  }

  #arrive(near: Socket): void {
    const joined: Joined = { near, far: undefined, over: false, directions: [] }
    this.#joined.add(joined)
    this.#watch(joined, near)
    if (!this.#passage.blocked) this.#letThrough(joined)
  }

  #letThrough(joined: Joined): void {
    const far = connect({ port: this.#targetPort(), host: '127.0.0.1', allowHalfOpen: true })
    joined.far = far
    this.#watch(joined, far)
    const { near } = joined
    joined.directions = [new LinkDirection(near, far, this.#passage), new LinkDirection(far, near, this.#passage)]
    for (const direction of joined.directions) direction.move()
  }

  /** The end of one is the end of the other, once it has all that was sent; what went wrong is the peers' to tell. */
  #watch(joined: Joined, socket: Socket): void {
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      joined.over = true
      if (!this.#passage.blocked) this.#close(joined)
    })
  }

  #close(joined: Joined): void {
    const { near, far } = joined
    const wasReset = [near, far].some((socket) => socket?.errored || (socket?.closed && !socket.readableEnded))
    if (!wasReset && joined.directions.some((direction) => direction.holds)) return
    this.#joined.delete(joined)
    for (const direction of joined.directions) direction.close()
    joined.near.destroy()
    joined.far?.destroy()
  }
}

function spoiled(piece: Buffer): Buffer {
  const copy = Buffer.from(piece)
  const middle = copy.length >> 1
  copy.writeUInt8(copy.readUInt8(middle) ^ 1, middle)
  return copy
}
