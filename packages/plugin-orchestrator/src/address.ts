import { isIP } from 'node:net'
import { addressInvalid, plaintextUnsupported } from './errors.ts'

/** The port of an orchestrator when none is named (wire.md §2.1). */
const DEFAULT_PORT = 8935

export interface HostPort {
  /** Without brackets; empty = all interfaces. */
  readonly host: string
  readonly port: number
}

/** Reads `host:port`, `https://host:port` or a bare host; IPv6 in brackets. The port may be left out. */
export function parseAddress(option: 'serviceAddr' | 'listenAddr', value: string): HostPort {
  if (/^http:\/\//i.test(value)) throw plaintextUnsupported(option, value)
  const rest = value.replace(/^https:\/\//i, '').replace(/\/$/, '')
  if (/[/?#@\s]/.test(rest)) throw addressInvalid(option, value, 'must not have a path, a user or a query')
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(rest)
  if (!match) throw addressInvalid(option, value, 'is not host:port; an IPv6 address needs brackets')
  const [, v6, name, digits] = match
  if (v6 !== undefined && isIP(v6) !== 6) throw addressInvalid(option, value, 'has no IPv6 address in its brackets')
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  if (port > 65_535) throw addressInvalid(option, value, 'has a port above 65535')
  return { host: v6 ?? name ?? '', port }
}

export interface Addresses {
  readonly listen: HostPort
  readonly service: HostPort
}

/**
 * Where to listen and what to advertise. Without options both are 127.0.0.1:8935; a service address that is not
 * loopback listens on all interfaces, since a public name is often not an address of this machine.
 */
export function resolveAddresses(options: { serviceAddr?: string | undefined; listenAddr?: string | undefined }): Addresses {
  const listen = options.listenAddr === undefined ? undefined : parseAddress('listenAddr', options.listenAddr)
  if (options.serviceAddr === undefined) {
    const only = listen ?? { host: '127.0.0.1', port: DEFAULT_PORT }
    return { listen: only, service: { host: isAny(only.host) ? '127.0.0.1' : only.host, port: only.port } }
  }
  const service = parseAddress('serviceAddr', options.serviceAddr)
  if (service.host === '') throw addressInvalid('serviceAddr', options.serviceAddr, 'names no host')
  const host = isLoopback(service.host) ? service.host : ''
  return { service, listen: listen ?? { host, port: service.port } }
}

/** `https://host:port`, explicit port, no slash at the end (wire.md §2.6). Port 0 becomes the port that was bound. */
export function serviceUri(service: HostPort, boundPort: number): string {
  return `https://${hostText(service.host)}:${service.port === 0 ? boundPort : service.port}`
}

export function addressText(address: HostPort): string {
  return `${address.host === '' ? '*' : hostText(address.host)}:${address.port}`
}

function hostText(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

function isAny(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
