import { once } from 'node:events'
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { TicketRedeemer, type NodeAddress } from '@livepeer-node/protocol'
import type { Certificate } from '@livepeer-node/protocol/certificate'
import { listenFailed } from '@livepeer-node/sdk'
import { redeemerService, type RedeemerDesk } from './service.ts'

/** gRPC over TLS for orchestrators. */
export class RedeemerServer {
  readonly #server: Http2SecureServer
  readonly #sessions = new Set<ServerHttp2Session>()

  constructor(certificate: Certificate, desk: RedeemerDesk) {
    const handle = connectNodeAdapter({
      routes: (router) => router.service(TicketRedeemer, redeemerService(desk)),
      grpc: true,
      grpcWeb: false,
      connect: false,
    })
    this.#server = createSecureServer({ ...certificate }, handle)
    this.#server.on('session', (session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
      // A peer that resets its connection is no event of ours; its calls fail by themselves.
      session.on('error', () => undefined)
    })
  }

  /** Returns the real port. @throws `LP_LISTEN_…` */
  async listen({ host, port, authority }: NodeAddress): Promise<number> {
    try {
      this.#server.listen(port, host)
      await once(this.#server, 'listening')
    } catch (error) {
      throw listenFailed({ option: 'listenAddr', authority }, error as NodeJS.ErrnoException)
    }
    // A TCP server has this form of address.
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }
}
