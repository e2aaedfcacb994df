import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Link } from '../src/link.ts'

let server: Server
let link: Link
let clients: Socket[]
/** What the peer behind the link has accepted. */
let accepted: Socket[]

beforeEach(async () => {
  clients = []
  accepted = []
  server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket)
    socket.on('error', () => undefined)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  link = await Link.to(() => (server.address() as AddressInfo).port)
})

afterEach(async () => {
  for (const socket of clients) socket.destroy()
  await link[Symbol.asyncDispose]()
  server.close()
})

async function client(): Promise<Socket> {
  const [host = '', port] = link.address.split(':')
  const socket = connect({ host, port: Number(port), allowHalfOpen: true })
  clients.push(socket)
  await once(socket, 'connect')
  return socket
}

async function echo(socket: Socket, word: string): Promise<string> {
  socket.write(word)
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return bytes.toString()
}

it('hands everything on, both ways, and the end of either side', async () => {
  const socket = await client()
  const sent = 'x'.repeat(3_000_000)
  socket.end(sent)
  expect((await text(socket)).length).toBe(sent.length)
})

it('a partition lets nothing pass on connections of before and on new ones; healed, all arrives', async () => {
  const old = await client()
  await echo(old, 'before')
  link.partition()
  const fresh = await client()
  const heard: string[] = []
  old.on('data', (bytes) => heard.push(`old ${String(bytes)}`))
  fresh.on('data', (bytes) => heard.push(`new ${String(bytes)}`))
  old.write('one')
  fresh.write('two')
  // Another way to the same peer: what was written before has had its time when this has come back.
  await using other = await Link.to(() => (server.address() as AddressInfo).port)
  const witness = connect(Number(other.address.split(':')[1]), '127.0.0.1')
  clients.push(witness)
  expect(await echo(witness, 'here')).toBe('here')
  expect(heard).toEqual([])
  expect(accepted.length).toBe(2)

  link.heal()
  await Promise.all([once(old, 'data'), once(fresh, 'data')])
  expect(heard.toSorted()).toEqual(['new two', 'old one'])
})

it('a partition keeps the end of one side from the other until it heals', async () => {
  const socket = await client()
  await echo(socket, 'before')
  const closed = once(accepted[0] as Socket, 'close').then(() => 'closed')
  link.partition()
  socket.resetAndDestroy()
  await once(socket, 'close')
  const witness = await client()
  expect(await Promise.race([closed, new Promise((resolve) => setImmediate(resolve, 'open'))])).toBe('open')
  link.heal()
  expect(await closed).toBe('closed')
  expect(await echo(witness, 'after')).toBe('after')
})

it('a slow link delays what passes', async () => {
  const socket = await client()
  link.slowDown({ latencyMs: 40 })
  const begun = performance.now()
  expect(await echo(socket, 'late')).toBe('late')
  expect(performance.now() - begun).toBeGreaterThanOrEqual(78)
})

it('a narrow link takes its time for many bytes', async () => {
  const socket = await client()
  link.slowDown({ bytesPerSecond: 1_000_000 })
  const begun = performance.now()
  socket.end(Buffer.alloc(100_000))
  expect((await text(socket)).length).toBe(100_000)
  expect(performance.now() - begun).toBeGreaterThanOrEqual(98)
})

it('a corrupt link changes what passes, one bit in each piece, until it is healed', async () => {
  const socket = await client()
  link.corrupt()
  // Spoiled on the way there and on the way back: the same bit, so a piece is right again. One way is looked at.
  socket.removeAllListeners('data')
  const atPeer = once(accepted[0] ?? (await nextAccepted()), 'data') as Promise<[Buffer]>
  socket.write('abc')
  expect((await atPeer)[0].toString()).toBe('acc')
  await once(socket, 'data')
  link.heal()
  expect(await echo(socket, 'abc')).toBe('abc')
})

it('reset tells both ends; new connections work', async () => {
  const socket = await client()
  await echo(socket, 'before')
  const errors = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>
  link.reset()
  expect((await errors)[0].code).toBe('ECONNRESET')
  expect(await echo(await client(), 'after')).toBe('after')
})

it('silence tells nobody, and lasts; new connections work', async () => {
  const socket = await client()
  await echo(socket, 'before')
  link.silence()
  const heard: string[] = []
  socket.on('data', (bytes) => heard.push(String(bytes)))
  socket.write('lost')
  expect(await echo(await client(), 'after')).toBe('after')
  link.heal()
  expect(await echo(await client(), 'again')).toBe('again')
  expect(heard).toEqual([])
})

it('listens where it is told to', async () => {
  await using elsewhere = await Link.to(() => (server.address() as AddressInfo).port, { host: '127.0.0.7' })
  expect(elsewhere.address).toMatch(/^127\.0\.0\.7:\d+$/)
})

async function nextAccepted(): Promise<Socket> {
  await once(server, 'connection')
  return accepted[0] as Socket
}
