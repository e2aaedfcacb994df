import { ANSWER_MS, type Endpoint, isAnswer, type RpcAnswer } from './endpoint.ts'

interface Waiting {
  resolve(answer: RpcAnswer): void
  reject(error: Error): void
}

/** JSON-RPC over a WebSocket that is opened when it is needed, and again after it was lost. */
export class WebSocketEndpoint implements Endpoint {
  readonly name: string
  readonly #url: string
  readonly #waiting = new Map<number, Waiting>()
  #socket: Promise<WebSocket> | undefined
  #id = 0

  constructor(name: string, url: string) {
    this.name = name
    this.#url = url
  }

  async request(method: string, params: unknown): Promise<RpcAnswer> {
    const socket = await this.#open()
    const id = ++this.#id
    const { promise, resolve, reject } = Promise.withResolvers<RpcAnswer>()
    this.#waiting.set(id, { resolve, reject })
    // A socket whose other end is gone without a word takes everything and says nothing.
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${ANSWER_MS} ms`))
      socket.close()
    }, ANSWER_MS)
    timer.unref()
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(id)
    })
  }

  close(): void {
    void this.#socket?.then(
      (socket) => socket.close(),
      () => undefined,
    )
    this.#lose('it was closed')
  }

  #open(): Promise<WebSocket> {
    this.#socket ??= this.#connect()
    return this.#socket
  }

  #connect(): Promise<WebSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<WebSocket>()
    const socket = new WebSocket(this.#url)
    const timer = setTimeout(() => socket.close(), ANSWER_MS)
    timer.unref()
    const lose = () => {
      clearTimeout(timer)
      reject(new Error('the connection failed'))
      this.#lose('the connection was lost')
    }
    socket.addEventListener('open', () => {
      clearTimeout(timer)
      resolve(socket)
    })
    socket.addEventListener('error', lose)
    socket.addEventListener('close', lose)
    socket.addEventListener('message', ({ data }) => this.#read(data))
    return promise
  }

  #read(data: unknown): void {
    let message: unknown
    try {
      message = JSON.parse(String(data))
    } catch {
      this.#lose('it sent something that is not JSON')
      return
    }
    // Notifications have no id; nobody subscribed.
    if (typeof message !== 'object' || message === null || !('id' in message)) return
    const waiting = this.#waiting.get(Number(message.id))
    if (isAnswer(message)) waiting?.resolve(message)
    else waiting?.reject(new Error('it sent something that is no answer'))
  }

  #lose(why: string): void {
    this.#socket = undefined
    for (const waiting of this.#waiting.values()) waiting.reject(new Error(why))
  }
}
