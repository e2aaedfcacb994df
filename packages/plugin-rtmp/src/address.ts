import { LivepeerError } from '@livepeer-node/sdk'

export interface Address {
  readonly host: string
  readonly port: number
}

/** `HOST:PORT`, `HOST`, `:PORT` or `[IPv6]:PORT`; what is missing is taken from `fallback`. */
export function parseAddress(text: string, fallback: Address): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text.trim())
  const port = match?.[3] === undefined ? fallback.port : Number(match[3])
  if (!match || port > 65_535) {
    throw new LivepeerError({
      code: 'LP_BAD_ADDRESS',
      kind: 'config',
      message: `rtmpAddr is not an address: "${text}".`,
      remedy: 'Write HOST:PORT, as 127.0.0.1:1935 or [::1]:1935.',
      observed: text,
    })
  }
  return { host: match[1] ?? (match[2] || fallback.host), port }
}

/** The address as part of a URL that a person on this machine can use. */
export function urlHost({ host, port }: Address): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
