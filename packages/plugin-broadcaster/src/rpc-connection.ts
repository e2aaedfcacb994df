import type { Http2Session } from 'node:http2'
import { Http2SessionManager } from '@connectrpc/connect-node'

/**
 * A gRPC connection that can be aborted at any time. The library takes its error listener off a connection that it lets
 * go of; when that one is breaking just then (its PING was not answered), nobody hears its error, and the process ends.
 */
export class RpcConnection extends Http2SessionManager {
  readonly #heard = new WeakSet<Http2Session>()

  override async request(...args: Parameters<Http2SessionManager['request']>) {
    const stream = await super.request(...args)
    const { session } = stream
    if (session && !this.#heard.has(session)) {
      this.#heard.add(session)
      session.on('error', () => undefined)
    }
    return stream
  }
}
