import { endpointInvalid } from '../errors.ts'
import type { Endpoint, EndpointInit } from './endpoint.ts'
import { HttpEndpoint } from './http-endpoint.ts'
import { WebSocketEndpoint } from './websocket-endpoint.ts'

/** @throws `LP_CHAIN_ENDPOINT` unless it is an http(s) or ws(s) URL. */
export function openEndpoint(url: string, init: Pick<EndpointInit, 'clock' | 'timeoutMs'>): Endpoint {
  const parsed = URL.parse(url)
  if (!parsed) throw endpointInvalid('it is not a URL', url)
  const { protocol, host } = parsed
  const name = `${protocol}//${host}`
  if (protocol === 'ws:' || protocol === 'wss:') return new WebSocketEndpoint({ ...init, name, url })
  if (protocol === 'http:' || protocol === 'https:') return new HttpEndpoint({ ...init, name, url })
  throw endpointInvalid(`its scheme is ${protocol}`, name)
}
