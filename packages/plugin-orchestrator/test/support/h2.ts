import * as http2 from 'node:http2'

export interface Answer {
  readonly status: number
  readonly headers: http2.IncomingHttpHeaders
  readonly body: Buffer
  readonly trailers: http2.IncomingHttpHeaders
}

export interface Call {
  readonly headers: Promise<http2.IncomingHttpHeaders>
  readonly answer: Promise<Answer>
  readonly stream: http2.ClientHttp2Stream
}

/** A bare HTTP/2 client: sees frames as a peer sees them. */
export class H2 {
  readonly session: http2.ClientHttp2Session

  constructor(uri: string) {
    this.session = http2.connect(uri, { rejectUnauthorized: false, settings: { initialWindowSize: 4 << 20 } })
    this.session.on('error', () => undefined)
  }

  /** Without a body the stream stays open for the caller to write. */
  call(headers: http2.OutgoingHttpHeaders, body?: Uint8Array | string): Call {
    const length = body instanceof Uint8Array ? { 'content-length': body.length } : {}
    const stream = this.session.request({ ...length, ...headers }, { endStream: body === '' })
    const head = Promise.withResolvers<http2.IncomingHttpHeaders>()
    const whole = Promise.withResolvers<Answer>()
    let received: http2.IncomingHttpHeaders = {}
    let trailers: http2.IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    stream.on('response', (got) => {
      received = got
      head.resolve(got)
    })
    stream.on('trailers', (got) => {
      trailers = got
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () =>
      whole.resolve({ status: Number(received[':status']), headers: received, body: Buffer.concat(chunks), trailers }),
    )
    const fail = (error: Error) => {
      head.reject(error)
      whole.reject(error)
    }
    stream.on('error', fail)
    stream.on('close', () => fail(new Error(`stream closed, code ${stream.rstCode}`)))
    head.promise.catch(() => undefined)
    whole.promise.catch(() => undefined)
    if (body !== undefined && body !== '') stream.end(body)
    return { headers: head.promise, answer: whole.promise, stream }
  }

  get(path: string): Promise<Answer> {
    return this.call({ ':path': path }, '').answer
  }

  post(path: string, headers: http2.OutgoingHttpHeaders, body: Uint8Array | string = ''): Promise<Answer> {
    return this.call({ ':method': 'POST', ':path': path, ...headers }, body).answer
  }

  /** One gRPC call with a message of these bytes. */
  grpc(path: string, message: Uint8Array): Call {
    const frame = Buffer.alloc(5 + message.length)
    frame.writeUInt32BE(message.length, 1)
    frame.set(message, 5)
    return this.call({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' }, frame)
  }

  close(): void {
    this.session.destroy()
  }
}
