import { ANSWER_MS, type Endpoint, isAnswer, type RpcAnswer } from './endpoint.ts'

/** JSON-RPC by HTTP. A name and a password in the URL are sent as such. */
export class HttpEndpoint implements Endpoint {
  readonly name: string
  readonly #url: string
  readonly #headers: Record<string, string>
  readonly #closed = new AbortController()
  #id = 0

  constructor(name: string, url: string) {
    const parsed = new URL(url)
    const { username, password } = parsed
    parsed.username = ''
    parsed.password = ''
    this.name = name
    this.#url = parsed.href
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
      'base64',
    )
    this.#headers = {
      'content-type': 'application/json',
      ...((username || password) && { authorization: `Basic ${credentials}` }),
    }
  }

  async request(method: string, params: unknown): Promise<RpcAnswer> {
    const id = ++this.#id
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), this.#closed.signal]),
    })
    const answer = await response.json().catch((cause: unknown) => {
      throw new Error(`status ${response.status} without an answer`, { cause })
    })
    if (response.status === 429) throw new Error('status 429, too many requests')
    if (!isAnswer(answer)) throw new Error(`status ${response.status} with something that is no answer`)
    return answer
  }

  close(): void {
    this.#closed.abort()
  }
}
