// node bare.ts: node:http2 with TLS and nothing else, to compare with. Prints its address; ends when its stdin does.
// POST /echo: the body comes back. POST /keep/<name>: OK. GET /keep/<name>: what was kept last under it.
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import v8 from 'node:v8'
import { makeCertificate } from '@livepeer-node/protocol/certificate'

// As bin/livepeer.js sets it: what is compared is our code, not how V8 collects.
v8.setFlagsFromString('--external-memory-accounted-in-global-limit')
v8.setFlagsFromString('--heap-growing-percent=40')

const kept = new Map<string, Buffer>()
const OK = Buffer.from('OK')

const server = createSecureServer({
  ...(await makeCertificate('127.0.0.1', Date.now())),
  maxSessionMemory: 128,
  settings: { initialWindowSize: 4 << 20, maxConcurrentStreams: 250, maxFrameSize: 1 << 20 },
})
server.on('session', (session) => session.setLocalWindowSize(16 << 20))
server.on('stream', (stream, headers) => {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => answer(stream, headers, Buffer.concat(chunks)))
})

/** All at once: a pipe from the stream to itself costs more. */
function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer): void {
  const path = headers[':path'] ?? ''
  const echoed = path === '/echo' ? body : OK
  const found = headers[':method'] === 'GET' ? kept.get(path) : undefined
  if (found === undefined && echoed === OK) kept.set(path, body)
  stream.respond({ ':status': 200, 'content-length': (found ?? echoed).length })
  stream.end(found ?? echoed)
}

server.listen(0, '127.0.0.1', () => {
  console.log(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.stdin.resume().on('end', () => process.exit())
