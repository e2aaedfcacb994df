import type { Endpoint, EndpointInit, RpcAnswer } from './endpoint.ts'
import { isAnswer } from './endpoint.ts'

/** JSON-RPC by HTTP. A name and a password in the URL are sent as such. */
export class HttpEndpoint implements Endpoint {
  readonly name: string
  readonly #init: EndpointInit
  readonly #url: string
  readonly #headers: Record<string, string>
  readonly #closed = new AbortController()
  #id = 0

  constructor(init: EndpointInit) {
    const url = new URL(init.url)
    const { username, password } = url
    url.username = ''
    url.password = ''
    this.name = init.name
    this.#init = init
    this.#url = url.href
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    this.#headers = {
      'content-type': 'application/json',
      ...(credentials !== ':' && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    }
  }

  async request(method: string, params: unknown): Promise<RpcAnswer> {
    const { clock, timeoutMs } = this.#init
    const late = new AbortController()
    const undo = clock.after(timeoutMs, () => late.abort(new Error(`no answer within ${timeoutMs} ms`)))
    try {
      return await this.#post({ jsonrpc: '2.0', id: ++this.#id, method, params }, late.signal)
    } finally {
      undo()
    }
  }

  close(): void {
    this.#closed.abort(new Error('it was closed'))
  }

  async #post(body: object, late: AbortSignal): Promise<RpcAnswer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(body),
      signal: AbortSignal.any([late, this.#closed.signal]),
    })
    const { status } = response
    const text = await response.text()
    // A request that is wrong may be refused with 400; all else is about the endpoint itself.
    if (status !== 200 && status !== 400) throw new Error(`status ${status}`)
    const answer = parse(text)
    if (!isAnswer(answer)) throw new Error(`status ${status} with something that is no answer`)
    return answer
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
