import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { foreignHost, notJson } from './errors.ts'

const READS = ['GET', 'HEAD', 'OPTIONS']
const JSON_TYPE = /^application\/json\s*(;|$)/i
/** It tells nothing, and whoever watches a node calls it by any name. */
const HEALTH = /^\/healthz(\?|$)/

export interface GuardedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/**
 * A web page that the operator looks at can send requests to his machine. It cannot read the answers, unless a name of its
 * own leads here: so a name that may be one is not answered. Nor can it send this content type without asking first, which
 * is never allowed: so a change must have it, and must name an address. `names` are the operator's own.
 * Throws the refusal of what a page could have sent.
 */
export function refusePages({ method, url, headers }: GuardedRequest, names: readonly string[]): void {
  const { host = '', 'content-type': type = '' } = headers
  const name = nameOf(host)
  const isKnown = isAddress(name) || names.some((one) => one.toLowerCase() === name)
  if (READS.includes(method)) {
    if (!isKnown && !isLocalName(name) && !HEALTH.test(url)) throw foreignHost(host)
    return
  }
  if (!isKnown) throw foreignHost(host)
  if (!JSON_TYPE.test(type)) throw notJson(type)
}

/** Without port and brackets. */
function nameOf(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
}

function isAddress(name: string): boolean {
  return name === 'localhost' || isIP(name) !== 0
}

/** A single word, as machines and containers of one network are called: nobody outside of it can own one. */
function isLocalName(name: string): boolean {
  return name !== '' && !name.includes('.')
}
