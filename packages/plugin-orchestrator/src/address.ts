import {
  isAnyHost,
  type NodeAddress,
  nodeAddress,
  ORCHESTRATOR_PORT,
  parseAddress,
  parseServiceAddress,
} from '@livepeer-node/protocol'
import { plaintextUnsupported, takesNoWork } from './errors.ts'

const LOOPBACK = '127.0.0.1'
/** Both IPv6 and IPv4. */
const ANY = '::'

export interface Addresses {
  /** Host `::` = all interfaces. */
  readonly listen: NodeAddress
  /** What peers are told; port 0 stands for the port that gets bound. */
  readonly service: NodeAddress
}

/**
 * Where to listen and what to advertise. Without options both are 127.0.0.1:8935. A service address that is not
 * loopback listens on all interfaces: a public name is often not an address of this machine.
 */
export function resolveAddresses(options: {
  serviceAddr?: string | undefined
  listenAddr?: string | undefined
}): Addresses {
  const { serviceAddr, listenAddr } = options
  const listen =
    listenAddr === undefined ? undefined : secured('listenAddr', listenAddr, parseAddress(listenAddr, { host: ANY }))
  if (serviceAddr === undefined) {
    const only = listen ?? at(LOOPBACK, ORCHESTRATOR_PORT)
    return { listen: only, service: isAnyHost(only.host) ? at(LOOPBACK, only.port) : only }
  }
  const parsed = parseServiceAddress(serviceAddr)
  if (!parsed) throw takesNoWork()
  const service = secured('serviceAddr', serviceAddr, parsed)
  return { service, listen: listen ?? at(isLoopback(service.host) ? service.host : ANY, service.port) }
}

/** `https://host:port`, explicit port, no slash at the end (wire.md §2.6). */
export function serviceUri(service: NodeAddress, boundPort: number): string {
  return service.port === 0 ? at(service.host, boundPort).uri : service.uri
}

function at(host: string, port: number): NodeAddress {
  return nodeAddress({ secure: true, host, port })
}

function secured(option: string, text: string, address: NodeAddress): NodeAddress {
  if (!address.secure) throw plaintextUnsupported(option, text)
  return address
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
}
