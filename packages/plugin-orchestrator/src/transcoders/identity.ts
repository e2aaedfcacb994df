import { CREDENTIALS_HEADER, TRANSCODER_ID_HEADER, TRANSCODER_PROTOCOL } from '@livepeer-node/protocol'
import type { HttpRequest } from '../http/answer.ts'
import type { Credentials } from './credentials.ts'

/** Who sends a request, by its headers (wire.md §10.4). */
export interface Sender {
  /** The name of its token; `undefined`: it knows the shared secret. */
  readonly credential: string | undefined
  /** What it says it is: the id of its card; empty: it says nothing. */
  readonly cardId: string
  /** `host:port` of its connection. */
  readonly address: string
}

/** `undefined`: it may not speak to us. */
export function senderOf(request: HttpRequest, credentials: Credentials): Sender | undefined {
  if (request.headers.authorization !== TRANSCODER_PROTOCOL) return undefined
  const known = credentials.identify(header(request, CREDENTIALS_HEADER))
  if (!known) return undefined
  return { credential: known.token, cardId: header(request, TRANSCODER_ID_HEADER), address: addressOf(request) }
}

/** Empty where it was not sent. */
export function header(request: HttpRequest, name: string): string {
  const value = request.headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

export function addressOf(request: HttpRequest): string {
  return `${request.socket.remoteAddress}:${request.socket.remotePort}`
}
