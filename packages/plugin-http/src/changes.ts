import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { foreignHost, notJson } from './errors.ts'

const READS = ['GET', 'HEAD', 'OPTIONS']
const JSON_TYPE = /^application\/json\s*(;|$)/i

/**
 * A web page that the operator looks at can send requests to his machine, but neither with this content type (without
 * asking first, which is never allowed) nor, where a name of its own leads here, under another name than that.
 * Throws the refusal of what it could have sent.
 */
export function refusePages(method: string, headers: IncomingHttpHeaders): void {
  if (READS.includes(method)) return
  const { host = '', 'content-type': type = '' } = headers
  if (!isAddress(host)) throw foreignHost(host)
  if (!JSON_TYPE.test(type)) throw notJson(type)
}

/** An IP address or `localhost`, with or without a port. */
function isAddress(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return name.toLowerCase() === 'localhost' || isIP(name) !== 0
}
