import { endpointInvalid } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'
import { HttpEndpoint } from './http-endpoint.ts'
import { WebSocketEndpoint } from './websocket-endpoint.ts'

/** @throws `LP_CHAIN_ENDPOINT` unless it is an http(s) or ws(s) URL. */
export function openEndpoint(url: string): Endpoint {
  const parsed = URL.parse(url)
  if (!parsed) throw endpointInvalid('it is not a URL', url)
  const name = `${parsed.protocol}//${parsed.host}`
  if (parsed.protocol === 'ws:' || parsed.protocol === 'wss:') return new WebSocketEndpoint(name, url)
  if (parsed.protocol === 'http:' || parsed.protocol === 'https:') return new HttpEndpoint(name, url)
  throw endpointInvalid(`its scheme is ${parsed.protocol}`, name)
}
