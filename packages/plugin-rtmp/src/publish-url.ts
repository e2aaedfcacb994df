import { parseStreamPath, type PublishRequest } from '@livepeer-node/sdk'
import { badName } from './errors.ts'

/** What a client says about where it publishes, spread over two RTMP commands. */
export interface PublishCommand {
  /** From `connect`; empty where the client left it out. */
  readonly tcUrl: string
  /** From `connect`. */
  readonly app: string
  /** From `publish`. */
  readonly name: string
}

const MAX_PATH = 512

/**
 * Puts the address together again (media.md §1.1): scheme and host of `tcUrl`, then all path components of app and name
 * with empty ones left out, so that it does not matter where an encoder cuts its URL in two. A query may hang on either.
 */
export function publishRequest(command: PublishCommand, remote: string): PublishRequest {
  const app = splitQuery(command.app)
  const name = splitQuery(command.name)
  const components = `${app.path}/${name.path}`.split('/').filter((part) => part !== '')
  const path = `/${components.join('/')}`
  refuseOddPath(path, components)
  const query = [app.query, name.query].filter((part) => part !== '').join('&')
  return {
    protocol: 'rtmp',
    url: `${origin(command.tcUrl)}${path}${query && `?${query}`}`,
    ...parseStreamPath(path),
    remote,
  }
}

function splitQuery(text: string): { path: string; query: string } {
  const mark = text.indexOf('?')
  return mark < 0 ? { path: text, query: '' } : { path: text.slice(0, mark), query: text.slice(mark + 1) }
}

function origin(tcUrl: string): string {
  const match = /^(rtmps?):\/\/([^/?#\s]+)/i.exec(tcUrl)
  return match?.[1] && match[2] ? `${match[1].toLowerCase()}://${match[2]}` : 'rtmp://localhost'
}

function refuseOddPath(path: string, components: readonly string[]): void {
  if (path.length > MAX_PATH) throw badName(`it has ${path.length} characters, at most ${MAX_PATH} are allowed`)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not get into names and logs
  if (/[\u0000-\u001f\u007f]/.test(path)) throw badName('it has control characters')
  if (components.some((part) => part === '.' || part === '..')) throw badName('it has "." or ".." as a component')
}
