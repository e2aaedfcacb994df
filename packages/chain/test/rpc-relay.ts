import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came. */
export interface Asked {
  readonly method: string
  readonly params: readonly unknown[]
}

/** What the relay does with a request instead of passing it on; `undefined`: passes it on. */
export type Interference = (asked: Asked) => Reply | Promise<Reply | undefined> | undefined

/** An HTTP answer, an answer of the chain, or nothing at all. */
export type Reply = { status: number; body?: string } | { result: unknown } | { error: object } | 'silence' | 'reset'

/** An endpoint in front of a chain that can be made to fail in all the ways that real ones do. */
export class RpcRelay implements AsyncDisposable {
  readonly #server: Server
  readonly #target: string
  readonly asked: Asked[] = []
  interfere: Interference = () => undefined
  /** Sees what the chain has answered, before the relay's client does; may spoil the way back. */
  after: Interference = () => undefined

  private constructor(server: Server, target: string) {
    this.#server = server
    this.#target = target
  }

  static async to(target: string): Promise<RpcRelay> {
    const server = createServer((request, response) => void relay.#take(request, response))
    const relay = new RpcRelay(server, target)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return relay
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  count(method: string): number {
    return this.asked.filter((it) => it.method === method).length
  }

  /** Resolves when a request of this method has come from now on. */
  async next(method: string): Promise<void> {
    const before = this.count(method)
    while (this.count(method) === before) await new Promise((resolve) => setImmediate(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const call = JSON.parse(body) as Asked & { id: number }
    this.asked.push(call)
    const instead = await this.interfere(call)
    if (instead) {
      this.#reply(response, call.id, instead)
      return
    }
    const headers = { 'content-type': 'application/json' }
    const answer = await (await fetch(this.#target, { method: 'POST', headers, body })).text()
    const late = await this.after(call)
    if (late) this.#reply(response, call.id, late)
    else response.end(answer)
  }

  #reply(response: ServerResponse, id: number, reply: Reply): void {
    if (reply === 'silence') return
    if (reply === 'reset') response.destroy()
    else if ('status' in reply) response.writeHead(reply.status).end(reply.body)
    else response.end(JSON.stringify({ jsonrpc: '2.0', id, ...reply }))
  }
}
