import type { Writable } from 'node:stream'
import { MP4_TYPE, MPEGTS_TYPE, PERCEPTUAL_HASH_TYPE, WireText } from '@livepeer-node/protocol'
import { refuse, send, type HttpRequest, type HttpResponse } from '../http/answer.ts'
import type { MemoryStore } from './memory-store.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ts: MPEGTS_TYPE,
  mp4: MP4_TYPE,
  phash: PERCEPTUAL_HASH_TYPE,
}

export interface Located {
  readonly sessionId: string
  readonly path: string
}

/** GET and HEAD of `/stream/<session>/…` (wire.md §8.1). */
export function serveStored(store: MemoryStore, request: HttpRequest, response: HttpResponse): void {
  const found = locate(request.url ?? '')
  const bytes = found && store.read(found.sessionId, found.path)
  if (!bytes || bytes.length === 0) {
    refuse(request, response, { status: 404, text: WireText.notFound })
    return
  }
  send(response, 200, {
    'content-type': CONTENT_TYPES[found.path.slice(found.path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    'content-length': String(bytes.length),
    'cache-control': 'max-age=5',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Content-Length',
  })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  lend(store, found, response)
}

/** Where the connection breaks nobody knows what Node still reads: then the bytes are never released. */
function lend(store: MemoryStore, { sessionId, path }: Located, response: HttpResponse): void {
  const lent = store.borrow(sessionId, path)
  if (!lent) return
  response.once('finish', () => store.wasRead(sessionId, path))
  // For likeness with HTTP/1.1, Node says "finish" of a response over HTTP/2 when its stream breaks, too.
  const sink: Writable = 'stream' in response ? response.stream : response
  sink.once('finish', lent.release)
  endWith(response, lent.bytes)
}

/** Over HTTP/1.1 headers and body leave one after the other: what Node writes together it copies into one piece first. */
function endWith(response: HttpResponse, bytes: Uint8Array): void {
  if ('stream' in response) {
    response.end(bytes)
    return
  }
  response.flushHeaders()
  response.write(bytes, () => response.end())
}

/**
 * Session and path of a URL below `/stream/`. One `live/` after it is dropped; the reference drops every `live/`
 * anywhere, and so loses renditions whose name ends in "live".
 */
export function locate(url: string): Located | undefined {
  const path = decoded(url.split('?', 1)[0] ?? '')
  const match = /^\/stream\/(?:live\/)?([^/]+)\/(.+)$/.exec(path ?? '')
  return match?.[1] && match[2] ? { sessionId: match[1], path: match[2] } : undefined
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
