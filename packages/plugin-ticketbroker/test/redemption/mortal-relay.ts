import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Call {
  readonly method: string
  readonly params?: readonly unknown[]
}

/** Where a process dies: at its first request of this kind, before the chain has it or when the chain has answered. */
export interface DeathPoint {
  readonly request: string
  readonly when: 'before' | 'after'
}

/**
 * The line between one process and its chain. From the moment at which the process dies nothing passes in either direction,
 * so that whatever it had begun stands still for ever.
 */
export class MortalRelay implements AsyncDisposable {
  /** Kinds of requests, in the order in which they first came. */
  readonly seen = new Set<string>()
  readonly died: Promise<void>
  readonly #server: Server
  readonly #target: string
  readonly #die: () => void
  #point: DeathPoint | undefined
  #isDead = false

  private constructor(target: string) {
    this.#target = target
    const { promise, resolve } = Promise.withResolvers<void>()
    this.died = promise
    this.#die = () => {
      this.#isDead = true
      resolve()
    }
    this.#server = createServer((request, response) => {
      void this.#answer(request, response)
    })
  }

  static async start(target: string): Promise<MortalRelay> {
    const relay = new MortalRelay(target)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get isDead(): boolean {
    return this.#isDead
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on requests are noted, and one may be the last. */
  arm(point?: DeathPoint): void {
    this.seen.clear()
    this.#point = point
  }

  /** Dies now: at a write, say. */
  kill(): void {
    this.#die()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#die()
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#relay(request)
    if (answer !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  }

  /** `undefined`: nobody will ever know. */
  async #relay(request: IncomingMessage): Promise<string | undefined> {
    const body = (await request.toArray()).join('')
    if (this.#isDead) return undefined
    const kinds = [JSON.parse(body) as Call | Call[]].flat().map(kindOf)
    for (const kind of kinds) this.seen.add(kind)
    const isLast = this.#point !== undefined && kinds.includes(this.#point.request)
    if (isLast && this.#point?.when === 'before') {
      this.#die()
      return undefined
    }
    const answer = await fetch(this.#target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const text = await answer.text()
    if (isLast) this.#die()
    return this.#isDead ? undefined : text
  }
}

/** The method, and of calls of contracts which function of which. */
function kindOf({ method, params = [] }: Call): string {
  if (method !== 'eth_call') return method
  const { to, data } = params[0] as { to: string; data: string }
  return `${method} ${to} ${data.slice(0, 10)}`
}
