import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { Code, ConnectError, createContextKey, createContextValues, type ConnectRouter } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { MAX_GRPC_BYTES, wireTextOf } from '@livepeer-node/protocol'

/** The request beneath a call: its address and its connection. */
export const nodeRequest = createContextKey<Http2ServerRequest | undefined>(undefined, { description: 'node request' })

/** An error as the reference gives all of its own: status UNKNOWN and a text (wire.md §2.5). */
export function unknown(error: unknown, prefix = ''): ConnectError {
  return new ConnectError(`${prefix}${wireTextOf(error)}`, Code.Unknown)
}

export type GrpcHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => void

/** gRPC on node's own HTTP/2 server; whatever is not routed is UNIMPLEMENTED. */
export function grpcHandler(routes: (router: ConnectRouter) => void): GrpcHandler {
  const served = new Set<string>()
  const handle = connectNodeAdapter({
    routes(router) {
      routes(router)
      for (const { service } of router.handlers) served.add(service.typeName)
    },
    grpc: true,
    grpcWeb: false,
    connect: false,
    acceptCompression: [],
    readMaxBytes: MAX_GRPC_BYTES,
    // Only gRPC over HTTP/2 is routed here.
    contextValues: (request) => createContextValues().set(nodeRequest, request as Http2ServerRequest),
    fallback: (request, response) => {
      const [, service = '', method = ''] = (request.url ?? '').split('/')
      const text = served.has(service)
        ? `unknown method ${method} for service ${service}`
        : `unknown service ${service}`
      unimplemented(response as Http2ServerResponse, text)
    },
  })
  return handle
}

/** HEADERS with the status and the end of the stream in one: the form in which an error without a body is read. */
function unimplemented(response: Http2ServerResponse, text: string): void {
  response.stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(Code.Unimplemented),
      'grpc-message': encodeURIComponent(text).replaceAll('%20', ' '),
    },
    { endStream: true },
  )
}
