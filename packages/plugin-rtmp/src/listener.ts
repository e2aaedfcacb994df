import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { localAuthority, nodeAddress, type NodeAddress } from '@livepeer-node/protocol'
import { listenFailed } from '@livepeer-node/sdk'
import { RtmpConnection, type ConnectionParts } from './connection.ts'
import { draining } from './errors.ts'

type Address = Pick<NodeAddress, 'host' | 'port'>

export interface ListenerParts extends ConnectionParts {
  readonly maxConnections: number
}

/** The RTMP port: accepts clients and keeps count of them. Any number of these fit into one process. */
export class RtmpListener {
  readonly #parts: ListenerParts
  readonly #server: Server
  readonly #connections = new Set<RtmpConnection>()
  #address: Address | undefined
  #draining = false

  constructor(parts: ListenerParts) {
    this.#parts = parts
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
    this.#server.maxConnections = parts.maxConnections
    this.#server.on('drop', (dropped) => {
      parts.log.warn('A client was refused', {
        remote: `${dropped?.remoteAddress}:${dropped?.remotePort}`,
        code: 'LP_RTMP_LIMIT',
        why: `More than ${parts.maxConnections} RTMP connections.`,
      })
    })
  }

  /** Rejects with `LP_PORT_TAKEN` or `LP_LISTEN_FAILED`. Answers with the real port. */
  async listen({ host, port }: Address): Promise<Address> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(port, host, resolve)
    await promise.catch((cause: NodeJS.ErrnoException) => {
      throw listenFailed({ option: 'rtmpAddr', authority: nodeAddress({ secure: false, host, port }).authority }, cause)
    })
    this.#server.off('error', reject)
    this.#server.on('error', (error) => this.#parts.log.error('The RTMP port failed', { why: error.message }))
    this.#address = { host, port: (this.#server.address() as AddressInfo).port }
    return this.#address
  }

  /** Where to push: add `/NAME` or `/NAME/KEY`. */
  get url(): string {
    if (!this.#address) throw new Error('The listener has no address before listen().')
    return `rtmp://${localAuthority(this.#address)}/live`
  }

  /** Publishers that are connected, published or not. */
  get connections(): number {
    return this.#connections.size
  }

  /** Takes nobody new; who publishes goes on. */
  drain(): void {
    this.#draining = true
    this.#server.close()
  }

  /** Lets everybody go and waits until the last stream is over. Calling it twice is harmless. */
  async close(): Promise<void> {
    if (this.#server.listening) this.#server.close()
    const connections = [...this.#connections]
    for (const connection of connections) connection.close('drained')
    await Promise.all(connections.map((connection) => connection.ended))
  }

  #accept(socket: Socket): void {
    const { publish, ...rest } = this.#parts
    const connection = new RtmpConnection(socket, {
      ...rest,
      publish: (request) => (this.#draining ? Promise.reject(draining()) : publish(request)),
    })
    this.#connections.add(connection)
    void connection.ended.then(() => this.#connections.delete(connection))
  }
}
