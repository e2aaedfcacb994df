import { X509Certificate } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { createTestNode, FakeClock, someBytes } from '@livepeer-node/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { resolveAddresses, serviceUri } from '../src/address.ts'
import { readBody } from '../src/http/read-body.ts'
import orchestrator from '../src/index.ts'
import { Room } from '../src/http/room.ts'
import { MemoryStore } from '../src/store/memory-store.ts'
import { broadcaster, withRemote } from './support/set-up.ts'

const shown = (options: Parameters<typeof resolveAddresses>[0]) => {
  const { listen, service } = resolveAddresses(options)
  return [listen.authority, serviceUri(service, 4711)]
}

describe('addresses', () => {
  it('listen on loopback for a loopback service, else everywhere', () => {
    expect(shown({})).toEqual(['127.0.0.1:8935', 'https://127.0.0.1:8935'])
    expect(shown({ serviceAddr: 'o.example.com' })).toEqual(['[::]:8935', 'https://o.example.com:8935'])
    expect(shown({ serviceAddr: 'https://localhost:9000/' })).toEqual(['localhost:9000', 'https://localhost:9000'])
    expect(shown({ serviceAddr: '[2001:db8::7]:1' })).toEqual(['[::]:1', 'https://[2001:db8::7]:1'])
    expect(shown({ serviceAddr: 'o.example.com:443', listenAddr: ':8935' })).toEqual([
      '[::]:8935',
      'https://o.example.com:443',
    ])
    expect(shown({ listenAddr: '0.0.0.0:9' })).toEqual(['0.0.0.0:9', 'https://127.0.0.1:9'])
  })

  it('tell the port that was bound in place of 0', () => {
    expect(shown({ serviceAddr: '127.0.0.1:0' })).toEqual(['127.0.0.1:0', 'https://127.0.0.1:4711'])
  })

  it.each([
    [{ serviceAddr: ':8935' }, 'LP_ADDRESS_INVALID'],
    [{ serviceAddr: 'host/path' }, 'LP_ADDRESS_INVALID'],
    [{ serviceAddr: 'none' }, 'LP_SERVICE_ADDR_NONE'],
    [{ serviceAddr: 'http://host:1' }, 'LP_PLAINTEXT_UNSUPPORTED'],
    [{ listenAddr: 'http://host:1' }, 'LP_PLAINTEXT_UNSUPPORTED'],
  ])('%o is refused with %s', (options, code) => {
    expect(() => resolveAddresses(options)).toThrow(expect.objectContaining({ code }))
  })
})

describe('the certificate', () => {
  it('is made at each start, for the host of the service, and lies in the data folder', async () => {
    const { node } = await withRemote()
    const certificate = new X509Certificate(await readFile(`${node.dataDir}/cert.pem`))
    expect(certificate.subjectAltName).toBe('DNS:127.0.0.1')
    expect(certificate.ca).toBe(true)
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(await readFile(`${node.dataDir}/key.pem`, 'utf8')).toMatch(/^-----BEGIN EC PRIVATE KEY-----/)
    expect((await stat(`${node.dataDir}/key.pem`)).mode & 0o077).toBe(0)
  })
})

describe('the start', () => {
  it('fails on a port that is taken, and says which', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    const start = createTestNode(orchestrator({ serviceAddr: `127.0.0.1:${port}`, orchSecret: 's' }))
    await expect(start).rejects.toMatchObject({ code: 'LP_PORT_TAKEN', observed: `127.0.0.1:${port}` })
  })

  it('says so where nobody can transcode yet, and how somebody could', async () => {
    const node = await createTestNode(orchestrator({ serviceAddr: '127.0.0.1:0' }))
    onTestFinished(() => node.stop())
    const line = node.lines.find(({ message }) => message === 'no transcoder can attach')
    expect(line?.fields['error']).toMatchObject({
      code: 'LP_ORCH_SECRET_MISSING',
      remedy: expect.stringContaining('livepeer transcoders add'),
    })
  })

  it('tells a broadcaster in the same process where it is', async () => {
    const { node, uri } = await withRemote()
    const job = { streamId: 's', ladder: [], capabilities: 1n }
    expect(await node.run.session.discover(job)).toEqual([{ uri, trusted: true, origin: 'local' }])
  })

  it('answers /healthz', async () => {
    const b = await broadcaster(await withRemote())
    expect((await b.h2.get('/healthz')).status).toBe(200)
  })
})

describe('the store', () => {
  it('keeps twelve files per directory and forgets the oldest', () => {
    const store = new MemoryStore()
    store.openSession('s')
    for (let seq = 0; seq < 13; seq++) store.save('s', `360p/${seq}.ts`, someBytes())
    store.save('s', '240p/0.ts', someBytes())
    expect(store.read('s', '360p/0.ts')).toBeUndefined()
    expect(store.read('s', '360p/1.ts')).toBeDefined()
    expect(store.read('s', '240p/0.ts')).toBeDefined()
  })

  it('lets go of what was fetched once a later one of its directory was', () => {
    const store = new MemoryStore()
    store.openSession('s')
    for (let seq = 0; seq < 4; seq++) store.save('s', `360p/${seq}.ts`, someBytes())
    store.save('s', '240p/0.ts', someBytes())
    store.wasRead('s', '240p/0.ts')
    store.wasRead('s', '360p/0.ts')
    expect(store.files).toBe(5)
    store.wasRead('s', '360p/2.ts')
    const left = [0, 1, 2, 3].map((seq) => store.read('s', `360p/${seq}.ts`) !== undefined)
    expect(left).toEqual([false, true, true, true])
    expect(store.read('s', '240p/0.ts')).toBeDefined()
    expect(store.hasUnread('s')).toBe(true)
    for (const seq of [1, 3]) store.wasRead('s', `360p/${seq}.ts`)
    expect(store.hasUnread('s')).toBe(false)
    expect(store.files).toBe(2)
  })

  it('replaces a file of the same name, and takes none for a session that ended', () => {
    const store = new MemoryStore()
    store.openSession('s')
    for (let i = 0; i < 20; i++) store.save('s', 'a/0.ts', Uint8Array.of(i))
    store.save('s', 'a/1.ts', Uint8Array.of(99))
    expect(store.read('s', 'a/0.ts')).toEqual(Uint8Array.of(19))
    store.dropSession('s')
    expect(store.save('s', 'a/0.ts', Uint8Array.of(1))).toBe(false)
    expect(store.read('s', 'a/1.ts')).toBeUndefined()
  })
})

describe('the store, when all sessions together hold too much,', () => {
  it('forgets the oldest file of the session that holds most', () => {
    const store = new MemoryStore({ maxBytes: 100 })
    for (const id of ['large', 'small']) store.openSession(id)
    store.save('small', 'a/0.ts', new Uint8Array(20))
    store.save('large', 'a/0.ts', new Uint8Array(40))
    store.save('large', 'b/0.ts', new Uint8Array(40))
    store.save('small', 'a/1.ts', new Uint8Array(10))
    expect(store.read('large', 'a/0.ts')).toBeUndefined()
    for (const path of ['a/0.ts', 'a/1.ts']) expect(store.read('small', path)).toBeDefined()
    expect(store.read('large', 'b/0.ts')).toBeDefined()
  })

  it('counts what was removed, replaced or dropped no more', () => {
    const store = new MemoryStore({ maxBytes: 100 })
    for (const id of ['a', 'b', 'c']) store.openSession(id)
    store.save('a', 'x/0.ts', new Uint8Array(90))
    store.dropSession('a')
    store.save('b', 'x/0.ts', new Uint8Array(90))
    store.save('b', 'x/0.ts', new Uint8Array(60))
    store.save('b', '0.tempfile', new Uint8Array(40))
    store.remove('b', '0.tempfile')
    store.save('c', 'x/0.ts', new Uint8Array(40))
    expect(store.read('b', 'x/0.ts')).toHaveLength(60)
    expect(store.read('c', 'x/0.ts')).toHaveLength(40)
  })
})

describe('a body', () => {
  it('that does not fit beside the others is refused, and what it took is free again', async () => {
    const room = new Room(10)
    const [first, second] = [room.hold(), room.hold()]
    expect(first.add(8)).toBe(true)
    const stream = Object.assign(new PassThrough(), { headers: {} })
    const read = readBody(stream as never, { what: 'It', limit: 100, clock: new FakeClock(), held: second })
    stream.write(Buffer.alloc(3))
    await expect(read).rejects.toMatchObject({ code: 'LP_BODY_NO_ROOM', wireText: 'OrchestratorBusy' })
    first.release()
    first.release()
    expect(second.add(11)).toBe(false)
    expect(second.add(10)).toBe(true)
  })

  it('of one sender takes no more than is left for the others', () => {
    const room = new Room(100)
    const [greedy, other] = [{}, {}]
    const held = [room.hold(greedy), room.hold(greedy)]
    expect(held.map((one) => one.add(30))).toEqual([true, false])
    expect(room.hold(other).add(30)).toBe(true)
    expect(held[0]?.add(20)).toBe(false)
    held[0]?.release()
    expect(held[1]?.add(30)).toBe(true)
  })

  it.each([
    ['its length announced', { 'content-length': '6' }],
    ['less than was announced', { 'content-length': '9' }],
    ['nothing announced', {}],
    ['nonsense announced', { 'content-length': 'six' }],
  ])('comes whole with %s', async (_, headers) => {
    const stream = Object.assign(new PassThrough(), { headers })
    const read = readBody(stream as never, { what: 'It', limit: 100, clock: new FakeClock() })
    for (const piece of ['ab', 'c', 'def']) stream.write(Buffer.from(piece))
    stream.end()
    expect((await read).toString()).toBe('abcdef')
  })

  it('that drips for five minutes has stalled', async () => {
    const clock = new FakeClock()
    const stream = Object.assign(new PassThrough(), { headers: {} })
    const read = readBody(stream as never, { what: 'It', limit: 100, clock }).catch((error: unknown) => error)
    for (let i = 0; i < 15; i++) {
      stream.write(Buffer.from('x'))
      await clock.advance(20_000)
    }
    expect(await read).toMatchObject({ code: 'LP_BODY_STALLED', observed: '15 bytes received' })
  })

  it('over its limit is refused as soon as it passes it', async () => {
    const stream = Object.assign(new PassThrough(), { headers: {} })
    const read = readBody(stream as never, { what: 'It', limit: 10, clock: new FakeClock() })
    stream.write(Buffer.alloc(11))
    await expect(read).rejects.toMatchObject({ code: 'LP_BODY_TOO_LARGE', limit: 10 })
    expect(stream.isPaused()).toBe(true)
  })

  it('of which nothing comes at all has stalled', async () => {
    const clock = new FakeClock()
    const stream = Object.assign(new PassThrough(), { headers: {} })
    const read = readBody(stream as never, { what: 'It', limit: 10, clock })
    await Promise.all([expect(read).rejects.toMatchObject({ code: 'LP_BODY_STALLED' }), clock.advance(30_000)])
  })

  it('that comes slowly but steadily is taken', async () => {
    const clock = new FakeClock()
    const stream = Object.assign(new PassThrough(), { headers: {} })
    const read = readBody(stream as never, { what: 'It', limit: 100, clock })
    for (let i = 0; i < 5; i++) {
      stream.write(Buffer.from('x'))
      await clock.advance(29_000)
    }
    stream.end()
    expect((await read).toString()).toBe('xxxxx')
    expect(clock.waiting).toBe(0)
  })
})
