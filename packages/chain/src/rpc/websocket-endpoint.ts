import { type Endpoint, type EndpointInit, isAnswer, type RpcAnswer } from './endpoint.ts'

interface Waiting {
  resolve(answer: RpcAnswer): void
  reject(error: Error): void
}

/** JSON-RPC over a WebSocket that is opened when it is needed, and again after it was lost. */
export class WebSocketEndpoint implements Endpoint {
  readonly name: string
  readonly #init: EndpointInit
  readonly #waiting = new Map<number, Waiting>()
  #socket: Promise<WebSocket> | undefined
  #id = 0

  constructor(init: EndpointInit) {
    this.name = init.name
    this.#init = init
  }

  async request(method: string, params: unknown): Promise<RpcAnswer> {
    const socket = await this.#open()
    const id = ++this.#id
    const { promise, resolve, reject } = Promise.withResolvers<RpcAnswer>()
    this.#waiting.set(id, { resolve, reject })
    // A socket whose other end is gone without a word takes everything and says nothing.
    const { clock, timeoutMs } = this.#init
    const undo = clock.after(timeoutMs, () => {
      reject(new Error(`no answer within ${timeoutMs} ms`))
      this.#abandon(socket)
    })
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return promise.finally(() => {
      undo()
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
    const { url, clock, timeoutMs } = this.#init
    const socket = new WebSocket(url)
    const undo = clock.after(timeoutMs, () => {
      lose()
      socket.close()
    })
    const lose = () => {
      undo()
      reject(new Error('the connection failed'))
      if (this.#socket === promise) this.#lose('the connection was lost')
    }
    socket.addEventListener('open', () => {
      undo()
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

  /** Its closing may take as long as the other end likes: what comes next goes over another one. */
  #abandon(socket: WebSocket): void {
    this.#lose('the connection was given up')
    socket.close()
  }

  #lose(why: string): void {
    this.#socket = undefined
    for (const waiting of this.#waiting.values()) waiting.reject(new Error(why))
  }
}
