import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { PatternPublisher } from '@livepeer-node/media'
import { recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { command, message, opening, setChunkSize, TestClient, unpublish, video } from './publisher.ts'
import { startListener } from './support.ts'

/** A small generator of repeatable randomness (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const GOOD = Buffer.concat([opening({}), video(0, true, 3000), video(40), video(80), unpublish()])
const header = (cid: number, length: number, type: number, fmt = 0): Buffer => {
  const bytes = Buffer.from([(fmt << 6) | cid, 0, 0, 0, 0, 0, 0, type, 1, 0, 0, 0])
  bytes.writeUIntBE(length, 4, 3)
  return fmt === 1 ? bytes.subarray(0, 8) : bytes
}
const handshake = Buffer.concat([opening({}).subarray(0, 1 + 2 * 1536), setChunkSize(0xffff)])

it.each([
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'LP_RTMP_PROTOCOL'],
  ['media before publish', Buffer.concat([handshake, message(9, Buffer.alloc(10))]), 'LP_RTMP_PROTOCOL'],
  [
    'publish before connect',
    Buffer.concat([handshake, command('publish', { transId: 1, cmdObj: null, streamName: 'x' })]),
    'LP_RTMP_PROTOCOL',
  ],
  [
    'connect without its object',
    Buffer.concat([handshake, command('connect', { transId: 1, cmdObj: null })]),
    'LP_RTMP_PROTOCOL',
  ],
  [
    'a second publish',
    Buffer.concat([opening({}), command('publish', { transId: 9, cmdObj: null, streamName: 'y' })]),
    'LP_RTMP_PROTOCOL',
  ],
  [
    'play',
    Buffer.concat([
      handshake,
      command('connect', { transId: 1, cmdObj: { app: 'live' } }),
      command('play', { transId: 2, cmdObj: null, streamName: 'x' }),
    ]),
    'LP_RTMP_PLAY',
  ],
  [
    'broken AMF',
    Buffer.concat([handshake, message(20, Buffer.from([2, 0, 7, ...Buffer.from('connect'), 0, 1]))]),
    'LP_RTMP_PROTOCOL',
  ],
  [
    'a command named like a method',
    Buffer.concat([handshake, message(20, Buffer.from([2, 0, 11, ...Buffer.from('constructor')]))]),
    'LP_RTMP_PROTOCOL',
  ],
  [
    'an endless AMF array',
    Buffer.concat([
      handshake,
      message(
        20,
        Buffer.concat([
          Buffer.from([2, 0, 7, ...Buffer.from('connect'), 0x0a, 0xff, 0xff, 0xff, 0xff]),
          Buffer.alloc(60_000, 5),
        ]),
      ),
    ]),
    'LP_RTMP_PROTOCOL',
  ],
  [
    'deeply nested AMF',
    Buffer.concat([
      handshake,
      message(
        20,
        Buffer.concat([
          Buffer.from([2, 0, 7, ...Buffer.from('connect')]),
          Buffer.alloc(60_000, Buffer.from([3, 0, 1, 97])),
        ]),
      ),
    ]),
    'LP_RTMP_PROTOCOL',
  ],
  ['chunk size 0', Buffer.concat([handshake, setChunkSize(0)]), 'LP_RTMP_LIMIT'],
  ['chunk size 4 GB', Buffer.concat([handshake, setChunkSize(0xffffffff)]), 'LP_RTMP_LIMIT'],
  ['a control message of one byte', Buffer.concat([handshake, message(1, Buffer.from([1]))]), 'LP_RTMP_PROTOCOL'],
  ['a command of 16 MB', Buffer.concat([handshake, header(3, 0xffffff, 20), Buffer.alloc(1)]), 'LP_RTMP_LIMIT'],
  ['a video message of 16 MB', Buffer.concat([opening({}), header(6, 0xffffff, 9), Buffer.alloc(1)]), 'LP_RTMP_LIMIT'],
  [
    'large messages on many chunk streams',
    Buffer.concat([
      opening({}),
      ...[7, 8, 9, 10].flatMap((cid) => [header(cid, 1024 * 1024, 9), Buffer.alloc(0xffff)]),
    ]),
    'LP_RTMP_LIMIT',
  ],
  [
    'too many chunk streams',
    Buffer.concat([
      handshake,
      ...Array.from({ length: 50 }, (_, i) => Buffer.concat([header(3 + i, 1, 99), Buffer.alloc(1)])),
    ]),
    'LP_RTMP_LIMIT',
  ],
  [
    'a message shortened in its middle',
    Buffer.concat([
      opening({}),
      header(6, 70_000, 9),
      Buffer.alloc(0xffff, 0x27),
      header(6, 10, 9, 1),
      Buffer.alloc(300),
    ]),
    'LP_RTMP_PROTOCOL',
  ],
])('refuses %s with one line', async (_, bytes, code) => {
  await using rtmp = await startListener({})
  const client = new TestClient(rtmp.port)
  client.send(bytes)
  await client.closed
  expect(rtmp.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.code)).toEqual([code])
})

it('reads a publisher byte by byte', async () => {
  await using rtmp = await startListener({})
  const client = new TestClient(rtmp.port)
  client.socket.setNoDelay(true)
  for (let at = 0; at < GOOD.length; at += 97) client.send(GOOD.subarray(at, at + 97))
  await rtmp.publications.count(1)
  await rtmp.publications.items[0]!.closings.count(1)
  expect(rtmp.publications.items[0]!.received.items.map(({ timestampMs }) => timestampMs)).toEqual([0, 40, 80])
})

it('goes on after an aborted message', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  const abort = Buffer.from([2, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6])
  const half = Buffer.concat([header(6, 0xffff + 100, 9), Buffer.alloc(0xffff, 0x27)])
  client.send(Buffer.concat([half, abort, video(40, true)]))
  await rtmp.publications.items[0]!.received.count(1)
  expect(rtmp.publications.items[0]!.received.items[0]).toMatchObject({ timestampMs: 40 })
})

/** What FFmpeg's RTMP client sends while it publishes for a moment, byte by byte as it was. */
async function recordPublisher(): Promise<Buffer> {
  await using rtmp = await startListener({})
  const sent: Buffer[] = []
  const proxy = createServer((client) => {
    const upstream = connect(rtmp.port, '127.0.0.1')
    client.on('data', (bytes: Buffer) => void sent.push(bytes))
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.pipe(upstream).pipe(client)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  const options = { width: 64, height: 64, fps: 25, bitrate: 100_000 }
  const pattern = new PatternPublisher(`rtmp://127.0.0.1:${port}/live/cam`, options, { log: recordedLog([]) })
  await rtmp.publications.count(1)
  await rtmp.publications.items[0]!.received.count(20)
  await pattern.stop()
  proxy.close()
  return Buffer.concat(sent)
}

it.each([
  ['our own', async () => GOOD],
  ["FFmpeg's", recordPublisher],
])('survives streams cut anywhere and bytes changed anywhere, and still serves: %s', async (_, record) => {
  const good = await record()
  await using rtmp = await startListener({})
  const next = random(1)
  const before = process.memoryUsage().rss
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.from(good.subarray(0, 1 + Math.floor(next() * good.length)))
    // Mostly behind the handshake: its content is free.
    for (let i = 0; i < 4; i++) bytes[Math.floor(next() ** 0.3 * bytes.length)] = Math.floor(next() * 256)
    const client = new TestClient(rtmp.port)
    client.socket.end(bytes)
    await client.closed
  }
  await TestClient.publish({ port: rtmp.port, name: 'after' }).status('NetStream.Publish.Start')
  expect(rtmp.publications.items.length).toBeGreaterThan(5) // many got far
  expect(rtmp.lines.filter(({ fields }) => fields.code === 'LP_UNEXPECTED')).toEqual([])
  expect(rtmp.lines.filter(({ level }) => level === 'error')).toEqual([])
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
  await expect.poll(() => rtmp.listener.connections).toBe(1)
})
