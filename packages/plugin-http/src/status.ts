import type { Route, StatusSection } from '@livepeer-node/sdk'

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

/** For a load balancer or a supervisor: this listener answers. */
export const healthRoute: Route = {
  method: 'GET',
  path: '/healthz',
  handle: () => ({ status: 200, headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' }, body: 'ok\n' }),
}

export interface StatusSource {
  readonly version: string
  state(): 'ready' | 'draining'
  /** ms since the node became ready. */
  upMs(): number
  sections(): Promise<readonly StatusSection[]>
}

/** `/status`: how every plugin is doing. */
export function statusRoute(source: StatusSource): Route {
  return {
    method: 'GET',
    path: '/status',
    handle: async () => {
      const sections = await source.sections()
      const status = {
        state: source.state(),
        version: source.version,
        upMs: Math.round(source.upMs()),
        sections: Object.fromEntries(sections.map(({ name, data }) => [name, data])),
      }
      return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(status, bigintAsText) }
    },
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
