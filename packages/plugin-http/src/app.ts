import type { Readable } from 'node:stream'
import type { Logger, ListenerName, Route, RouteRequest, RouteResponse } from '@livepeer-node/sdk'
import { isLivepeerError, toLivepeerError } from '@livepeer-node/sdk'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { refusePages } from './changes.ts'
import { routeTaken } from './errors.ts'
import type { Listener } from './listener.ts'

export interface AppInit {
  readonly name: ListenerName
  /**
   * Refuse what a web page may have asked for, on a port of this machine, where every page may send requests to: the names, beside
   * addresses, by which it may be called. Absent: whoever reaches this listener may ask.
   */
  readonly names?: readonly string[]
  readonly routes: readonly Route[]
  readonly log: Logger
}

const MAX_PARAM_LENGTH = 1024
const STATUS_OF_KIND = { input: 400, limit: 503, peer: 502, config: 500, environment: 500, bug: 500 } as const

/** Serves the routes on a bound listener from now on. */
export async function serveRoutes(listener: Listener, { name, names, routes, log }: AppInit): Promise<void> {
  const app = fastify({
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    serverFactory: (handle) => {
      listener.serve(handle)
      return listener.server
    },
  })
  takeBodiesAsStreams(app)
  if (name === 'public') allowOtherOrigins(app)
  if (names) app.addHook('onRequest', async (request) => refusePages(request, names))
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Not found.\n'))
  app.setErrorHandler((thrown, request, reply) => refuse(thrown, { request, reply, log }))
  for (const route of routes) addRoute(app, route, log)
  await app.ready()
}

function addRoute(app: FastifyInstance, route: Route, log: Logger): void {
  const { method, path } = route
  if (app.hasRoute({ method, url: path })) {
    log.error('Route left out', { error: routeTaken(method, path) })
    return
  }
  app.route({
    method,
    url: path,
    handler: async (request, reply) => send(reply, await route.handle(asRouteRequest(request, reply))),
  })
}

/** Plugins read bodies themselves: a pushed segment is not to be collected or parsed here. */
function takeBodiesAsStreams(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

/** Players live on other people's pages. */
function allowOtherOrigins(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*')
    reply.header('access-control-expose-headers', 'Content-Length')
    if (request.method !== 'OPTIONS') return
    reply.header('access-control-allow-methods', 'GET, HEAD, POST, PUT, DELETE, OPTIONS')
    reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
    reply.header('access-control-max-age', '86400')
    await reply.code(204).send()
  })
}

function asRouteRequest(request: FastifyRequest, reply: FastifyReply): RouteRequest {
  const [path = '/', query = ''] = split(request.url)
  return {
    method: request.method,
    path,
    params: request.params as Record<string, string>,
    query: new URLSearchParams(query),
    headers: request.headers,
    body: (request.body as Readable | undefined) ?? request.raw,
    signal: goneSignal(reply),
  }
}

/** Aborts when the connection ends before the answer does. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort()
  })
  return controller.signal
}

function send(reply: FastifyReply, { status, headers, body }: RouteResponse): FastifyReply {
  reply.code(status)
  if (headers) reply.headers(headers)
  if (typeof body === 'string' && !reply.hasHeader('content-type')) reply.type('text/plain; charset=utf-8')
  return reply.send(body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body)
}

interface Refusal {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly log: Logger
}

/** What a client may know is the code and the message of our own errors; the rest goes to the log. */
function refuse(thrown: unknown, { request, reply, log }: Refusal): FastifyReply {
  const { statusCode } = thrown as { statusCode?: number }
  const isClientsFault = !isLivepeerError(thrown) && statusCode !== undefined && statusCode < 500
  const error = toLivepeerError(thrown)
  const status = isClientsFault ? statusCode : STATUS_OF_KIND[error.kind]
  const [path] = split(request.url)
  log[status < 500 ? 'warn' : 'error']('Request refused', { method: request.method, path, status, error })
  const isInside = error.kind === 'bug' && !isClientsFault
  const { code, message, remedy } = isInside ? { code: error.code, message: 'Internal error.' } : error
  return reply.code(status).send({ code, message, ...(remedy !== undefined && { remedy }) })
}

function split(url: string): string[] {
  const at = url.indexOf('?')
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)]
}
