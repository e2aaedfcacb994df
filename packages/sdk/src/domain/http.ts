import type { Readable } from 'node:stream'

/** `public` is what players see; `control` is for the operator and stays private. */
export type ListenerName = 'public' | 'control'

export interface RouteRequest {
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readable
  /** Aborts when the client went away. */
  readonly signal: AbortSignal
}

export interface RouteResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | Readable
}

/** A page or an endpoint that a plugin serves on a listener of the node. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/stream/:id`, a trailing `*` matches the rest (`params['*']`). GET answers HEAD too. */
  readonly path: string
  handle(request: RouteRequest): RouteResponse | Promise<RouteResponse>
}
