import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { REFUSAL_TYPE } from '@livepeer-node/protocol'

/** One port speaks HTTP/1.1 and HTTP/2; handlers use what both have. */
export type HttpRequest = IncomingMessage | Http2ServerRequest
export type HttpResponse = ServerResponse | Http2ServerResponse

/** The form in which peers expect every error: plain text with a newline at its end (wire.md §6.4). */
export function refuse(request: HttpRequest, response: HttpResponse, refusal: { status: number; text: string }): void {
  if (response.headersSent || hasLeft(response)) return
  const text = `${refusal.text.toWellFormed()}\n`
  // An answer before the body is whole ends the matter.
  if (!isWhole(request)) dropRest(response)
  send(response, refusal.status, {
    'content-type': REFUSAL_TYPE,
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(text)),
  })
  response.end(text)
}

export function answerText(response: HttpResponse, status: number, text: string): void {
  send(response, status, {
    'content-type': REFUSAL_TYPE,
    'content-length': String(Buffer.byteLength(text)),
  })
  response.end(text)
}

/** Its body has come to its end. */
function isWhole(request: HttpRequest): boolean {
  return request.complete || ('stream' in request && request.stream.readableEnded)
}

/** Nobody is there any more to read an answer. */
export function hasLeft(response: HttpResponse): boolean {
  return 'stream' in response ? response.stream.destroyed : response.destroyed
}

/** Sends the headers of a 200 now; the body may take its time. */
export function beginOk(response: HttpResponse): void {
  response.statusCode = 200
  if ('stream' in response) response.writeHead(200)
  else response.flushHeaders()
}

/** Sets status and headers; they leave with the first bytes of the body. */
export function send(response: HttpResponse, status: number, headers: Readonly<Record<string, string>>): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

/** What is still to come of the request is not read: over HTTP/2 the stream closes with the answer, else the connection. */
function dropRest(response: HttpResponse): void {
  if (!('stream' in response)) response.setHeader('connection', 'close')
  else response.stream.once('finish', () => response.stream.close())
}
