import { isIPv6 } from 'node:net'
import { addressInvalid } from './errors.ts'

/** Port of an orchestrator where none is given. */
export const ORCHESTRATOR_PORT = 8935
const LOOPBACK = '127.0.0.1'
/** Hosts that stand for all interfaces, and by which one a program on the same machine reaches them. */
const ALL_INTERFACES: Readonly<Record<string, string>> = { '0.0.0.0': LOOPBACK, '::': '::1' }

/** Where a node listens or is reached. */
export interface NodeAddress {
  /** `https://host:port`: port always there, IPv6 in brackets, no path, no slash at the end. */
  readonly uri: string
  readonly secure: boolean
  /** Name or IP address; IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** `host:port`, IPv6 in brackets: what a dialler takes. */
  readonly authority: string
}

export interface AddressDefaults {
  /** Where the text has no host (`:8935`); without it such a text is refused. */
  readonly host?: string
  /** Where the text has no port; default 8935. */
  readonly port?: number
}

/**
 * Reads `host`, `host:port`, `:port`, `[IPv6]:port`, a bare IPv6 address, or an http(s) URL of these; `https` where no
 * scheme is given (wire.md §2.6). Port 0 is legal. Unlike in the reference, a URL without a port gets the default port
 * too: its peers could not dial it otherwise.
 * @throws `LP_ADDRESS_INVALID` for a path, a query, a user, another scheme, a bad port, or no host
 */
export function parseAddress(text: string, defaults: AddressDefaults = {}): NodeAddress {
  const trimmed = text.trim()
  const parts = /^(?:(https?):\/\/)?(.*?)\/?$/i.exec(trimmed)
  const rest = parts?.[2] ?? ''
  if (/[/?#@\s\\]/.test(rest)) throw addressInvalid('is more than scheme, host and port', trimmed)
  const secure = parts?.[1]?.toLowerCase() !== 'http'
  const { host = defaults.host, port = defaults.port ?? ORCHESTRATOR_PORT } = splitHostPort(rest, trimmed)
  if (!host) throw addressInvalid('has no host that others could reach', trimmed)
  return nodeAddress({ secure, host, port })
}

/** Puts an address together; `host` without brackets. */
export function nodeAddress(parts: { secure: boolean; host: string; port: number }): NodeAddress {
  const { secure, host, port } = parts
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  return { uri: `${secure ? 'https' : 'http'}://${authority}`, secure, host, port, authority }
}

/** True for a host that stands for all interfaces of a machine, and names none. */
export function isAnyHost(host: string): boolean {
  return host in ALL_INTERFACES
}

/** `host:port` by which a program on this machine reaches a listener: loopback where it listens on all interfaces. */
export function localAuthority({ host, port }: { host: string; port: number }): string {
  return nodeAddress({ secure: false, host: ALL_INTERFACES[host] ?? host, port }).authority
}

/**
 * What an orchestrator calls itself (`serviceAddr`). `none` → `undefined`: it takes no work.
 * @throws `LP_ADDRESS_INVALID`; `:8935` is refused, no other machine could reach it
 */
export function parseServiceAddress(text: string): NodeAddress | undefined {
  return text.trim() === 'none' ? undefined : parseAddress(text)
}

/**
 * A comma list of orchestrators (`orchAddr`); host 127.0.0.1 and port 8935 where absent; repeated ones once.
 * @throws `LP_ADDRESS_INVALID`, also for a list without an entry
 */
export function parseOrchestratorList(text: string): NodeAddress[] {
  const entries = text.split(',').filter((entry) => entry.trim() !== '')
  if (entries.length === 0) throw addressInvalid('names no orchestrator', text)
  const addresses = entries.map((entry) => parseAddress(entry, { host: LOOPBACK }))
  return [...new Map(addresses.map((address) => [address.uri, address])).values()]
}

function splitHostPort(text: string, whole: string): { host?: string; port?: number } {
  if (isIPv6(text)) return { host: text }
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d*))?$/.exec(text)
  if (!parts) throw addressInvalid('is not host:port', whole)
  const [, bracketed, plain, portText] = parts
  if (bracketed !== undefined && !isIPv6(bracketed))
    throw addressInvalid('has something other than IPv6 in brackets', whole)
  const host = bracketed ?? plain
  return { ...(host && { host }), ...(portText !== undefined && { port: parsePort(portText, whole) }) }
}

function parsePort(text: string, whole: string): number {
  const port = Number(text)
  if (text === '' || port > 65_535) throw addressInvalid('has no port of 0 to 65535', whole)
  return port
}
