import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import * as http2 from 'node:http2'
import { get } from 'node:https'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { parseAddress } from '@livepeer-node/protocol'
import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Bodies } from '../src/http/bodies.ts'
import { YoungGarbage, youngCollector } from '../src/http/young-garbage.ts'
import { TlsServer } from '../src/http/server.ts'
import { MemoryStore } from '../src/store/memory-store.ts'
import { serveStored } from '../src/store/stream-handler.ts'
import { makeCertificate } from '@livepeer-node/protocol/certificate'

/** More than sockets hold on the way. */
const LARGE = 24 << 20
const GONE = 0

const aBody = (bytes = 1 << 20) => Buffer.allocUnsafeSlow(bytes).fill('a body of its own')

describe('the memory of a body', () => {
  it('is given back when the last who reads it, or a part of it, is done', () => {
    const bodies = new Bodies({ givesBack: true })
    const body = aBody()
    const first = bodies.hold(body.subarray(0, 10))
    const second = bodies.hold(body.subarray(10))
    first()
    first()
    expect(body).toHaveLength(1 << 20)
    second()
    expect(body).toHaveLength(GONE)
  })

  it('is not where somebody reads it for as long as it takes', () => {
    const bodies = new Bodies({ givesBack: true })
    const body = aBody()
    const release = bodies.hold(body)
    bodies.keep(body)
    release()
    expect(body).toHaveLength(1 << 20)
  })

  it('is not where it may be that of others too, or of a transcoder in this process', () => {
    const small = aBody(1000)
    new Bodies({ givesBack: true }).hold(small)()
    expect(small).toHaveLength(1000)
    const large = aBody()
    new Bodies({ givesBack: false }).hold(large)()
    expect(large).toHaveLength(1 << 20)
  })
})

function aStore(): MemoryStore {
  const store = new MemoryStore({ bodies: new Bodies({ givesBack: true }) })
  store.openSession('s')
  return store
}

describe('room for a body', () => {
  it('is that of an earlier one of about its size, which nobody can read any more', () => {
    const bodies = new Bodies({ givesBack: true })
    const first = bodies.allocate(640_000).fill('the first')
    bodies.hold(first)()
    expect(first).toHaveLength(GONE)
    const second = bodies.allocate(600_000)
    expect(second).toHaveLength(600_000)
    expect(second.toString('latin1', 0, 9)).toBe('the first')
    expect(bodies.allocate(600_000).buffer).not.toBe(second.buffer)
  })

  it('is that of a much larger one never', () => {
    const bodies = new Bodies({ givesBack: true })
    bodies.hold(bodies.allocate(2 << 20))()
    expect(bodies.allocate(300_000).buffer.byteLength).toBeLessThan(400_000)
  })
})

it('young garbage is collected each time 8 MiB have come in', () => {
  let collections = 0
  const bodies = new Bodies({ givesBack: true, pieces: new YoungGarbage(() => void (collections += 1)) })
  for (let i = 0; i < 17; i++) bodies.arrived(1 << 20)
  expect(collections).toBe(2)
  expect(youngCollector()).not.toThrow()
})

describe('what is stored', () => {
  it('is given back when its file is removed, replaced, or gone with its session', () => {
    const store = aStore()
    const [removed, replaced, left] = [aBody(), aBody(), aBody()]
    store.save('s', 'a/0.ts', removed)
    store.remove('s', 'a/0.ts')
    store.save('s', 'a/1.ts', replaced)
    store.save('s', 'a/1.ts', left)
    expect([removed, replaced, left].map(({ length }) => length)).toEqual([GONE, GONE, 1 << 20])
    store.dropSession('s')
    expect(left).toHaveLength(GONE)
    expect(store.bytes).toBe(0)
  })
})

/** A store behind a port, with one large file in it. */
async function served() {
  const store = aStore()
  const body = aBody(LARGE)
  store.save('s', 'a/0.ts', body)
  const closed = Promise.withResolvers<void>()
  const server = new TlsServer(await makeCertificate('127.0.0.1', new FakeClock().now()), {
    grpc: () => undefined,
    http: (request, response) => {
      response.once('close', () => closed.resolve())
      serveStored(store, request, response)
    },
  })
  const port = await server.listen(parseAddress('127.0.0.1:0'))
  onTestFinished(() => server.close())
  return { store, body, uri: `https://127.0.0.1:${port}`, closed: closed.promise }
}

async function overHttp1(uri: string): Promise<Readable> {
  const request = get(`${uri}/stream/s/a/0.ts`, { rejectUnauthorized: false, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  // A reader that breaks off is an error of its request, too.
  request.on('error', () => undefined)
  return response
}

async function overHttp2(uri: string): Promise<Readable> {
  const connection = http2.connect(uri, { rejectUnauthorized: false })
  onTestFinished(() => connection.destroy())
  const stream = connection.request({ ':path': '/stream/s/a/0.ts' })
  await once(stream, 'response')
  return stream
}

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('a file that is fetched over %s', (_protocol, fetchFrom) => {
  it('comes whole though it was removed meanwhile, and is given back after that', async () => {
    const { store, body, uri, closed } = await served()
    const reader = await fetchFrom(uri)
    store.remove('s', 'a/0.ts')
    expect(store.read('s', 'a/0.ts')).toBeUndefined()
    expect(body).toHaveLength(LARGE)
    expect(Buffer.compare(await buffer(reader), aBody(LARGE))).toBe(0)
    await closed
    expect(body).toHaveLength(GONE)
  })

  it('is left alone where its reader breaks off: who knows what is still being sent', async () => {
    const { store, body, uri, closed } = await served()
    const reader = await fetchFrom(uri)
    reader.on('error', () => undefined).destroy(new Error('gone'))
    await closed
    store.remove('s', 'a/0.ts')
    expect(body).toHaveLength(LARGE)
  })
})
