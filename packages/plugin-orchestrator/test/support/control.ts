import { Readable } from 'node:stream'
import type { Route } from '@livepeer-node/sdk'
import type { Started } from './node.ts'

export interface ControlAnswer {
  readonly status: number
  readonly body: unknown
}

/** Asks a route of the control listener, without the listener. */
export async function control({ node }: Started, method: Route['method'], url: string, body?: string) {
  const routes = (await node.run.http.routes('control')).filter((route) => route.method === method)
  for (const route of routes) {
    const match = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`).exec(url)
    if (!match) continue
    const { status, body: text } = await route.handle({
      method,
      path: url,
      params: match.groups ?? {},
      query: new URLSearchParams(),
      headers: {},
      body: Readable.from(body === undefined ? [] : [Buffer.from(body)]),
      signal: new AbortController().signal,
    })
    return { status, body: JSON.parse(typeof text === 'string' ? text : '') as unknown } satisfies ControlAnswer
  }
  throw new Error(`nobody serves ${method} ${url}`)
}

/** Makes a token. */
export async function addToken(started: Started, name: string): Promise<string> {
  const { body } = await control(started, 'POST', '/transcoders/tokens', JSON.stringify({ name }))
  return (body as { token: string }).token
}
