import type { Route, StatusSection } from '@livepeer-node/sdk'

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

/** For a load balancer or a supervisor: this listener answers. */
export const healthRoute: Route = {
  method: 'GET',
  path: '/healthz',
  handle: () => ({ status: 200, headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' }, body: 'ok\n' }),
}

export interface Draining {
  /** Since when, ms. */
  readonly forMs: number
  /** Until work is given up, ms; `null`: nobody set an end. */
  readonly remainingMs: number | null
}

export interface StatusSource {
  readonly version: string
  /** ms since the node became ready. */
  upMs(): number
  /** `undefined`: it does not drain. */
  draining(): Draining | undefined
  sections(): Promise<readonly StatusSection[]>
}

/** `/status`: how every plugin is doing, and what a drain would wait for. */
export function statusRoute(source: StatusSource): Route {
  return {
    method: 'GET',
    path: '/status',
    handle: async () => {
      const sections = await source.sections()
      const draining = source.draining()
      const status = {
        state: draining ? 'draining' : 'ready',
        version: source.version,
        pid: process.pid,
        upMs: Math.round(source.upMs()),
        ...(draining && { draining }),
        work: Object.fromEntries(sections.flatMap(({ name, work }) => (work ? [[name, work]] : []))),
        sections: Object.fromEntries(sections.map(({ name, data }) => [name, data])),
      }
      return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(status, bigintAsText) }
    },
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
