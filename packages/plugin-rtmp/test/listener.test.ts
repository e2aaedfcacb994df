import { LivepeerError, type Publication } from '@livepeer-node/sdk'
import { FakeClock, recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { RtmpListener } from '../src/listener.ts'
import { audio, message, opening, TestClient, unpublish, video } from './publisher.ts'
import { FakePublication, LIMITS, startListener } from './support.ts'

const refusal = new LivepeerError({
  code: 'LP_STREAM_EXISTS',
  kind: 'input',
  message: 'Taken.',
  remedy: 'Another name.',
})

it('hands on every packet of a publisher, in order, as copies', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port, name: 'cam/secret' })
  client.send(Buffer.concat([video(0, true), audio(3), video(40), video(80, false, 70_000), audio(90)]))
  await rtmp.publications.count(1)
  const publication = rtmp.publications.items[0]!
  await publication.received.count(5)
  expect(rtmp.requests.items[0]).toMatchObject({ protocol: 'rtmp', playbackId: 'cam', streamKey: 'secret' })
  expect(publication.received.items.map(({ kind, timestampMs }) => [kind, timestampMs])).toEqual([
    ['video', 0],
    ['audio', 3],
    ['video', 40],
    ['video', 80],
    ['audio', 90],
  ])
  expect(publication.received.items[2]!.data).toEqual(
    Buffer.concat([Buffer.from([0x27, 1, 0, 0, 0]), Buffer.alloc(40, 40)]),
  )
  expect(publication.received.items[3]!.data.byteLength).toBe(70_005)
  await client.status('NetStream.Publish.Start')
})

it('keeps what comes during authorisation, and starts the publisher only after it', async () => {
  const answer = Promise.withResolvers<Publication>()
  await using rtmp = await startListener({ answer: () => answer.promise })
  const client = TestClient.publish({ port: rtmp.port })
  client.send(Buffer.concat([video(0, true), video(40)]))
  await rtmp.requests.count(1)
  expect(client.statuses()).toEqual([])
  const publication = new FakePublication('cam')
  answer.resolve(publication)
  await client.status('NetStream.Publish.Start')
  client.send(video(80))
  await publication.received.count(3)
  expect(publication.received.items.map(({ timestampMs }) => timestampMs)).toEqual([0, 40, 80])
})

it('makes an eager publisher wait when authorisation takes long, and loses nothing', async () => {
  const answer = Promise.withResolvers<Publication>()
  await using rtmp = await startListener({ answer: () => answer.promise, limits: { maxHeldBytes: 64 * 1024 } })
  const client = TestClient.publish({ port: rtmp.port })
  // More than the socket buffers of both sides can hold: the client can only have sent it all once reading goes on.
  const count = 400
  const sent = new Promise<void>((resolve) => {
    for (let i = 0; i < count; i++)
      client.socket.write(video(i, i === 0, 60_000), i === count - 1 ? () => resolve() : undefined)
  })
  await rtmp.requests.count(1)
  const publication = new FakePublication('cam')
  answer.resolve(publication)
  await sent
  await publication.received.count(count)
  expect(publication.received.items.map(({ timestampMs }) => timestampMs)).toEqual(
    Array.from({ length: count }, (_, i) => i),
  )
})

it('delivers a stream that was over before it was authorised', async () => {
  const answer = Promise.withResolvers<Publication>()
  await using rtmp = await startListener({ answer: () => answer.promise })
  const client = TestClient.publish({ port: rtmp.port })
  client.send(Buffer.concat([video(0, true), unpublish()]))
  await client.closed
  const publication = new FakePublication('cam')
  answer.resolve(publication)
  await publication.closings.count(1)
  expect(publication.received.items).toHaveLength(1)
  expect(publication.closings.items).toEqual(['ended'])
})

it('tells a refused publisher why, and says so in one log line without its key', async () => {
  await using rtmp = await startListener({ answer: () => Promise.reject(refusal) })
  const client = TestClient.publish({ port: rtmp.port, name: 'cam/hunter2' })
  await client.closed
  expect(client.statuses()).toEqual([
    { code: 'NetStream.Publish.BadName', description: 'LP_STREAM_EXISTS Taken. Another name.' },
  ])
  const warnings = rtmp.lines.filter(({ level }) => level === 'warn')
  expect(warnings).toHaveLength(1)
  expect(warnings[0]!.fields).toMatchObject({ code: 'LP_STREAM_EXISTS', remedy: 'Another name.' })
  expect(JSON.stringify(rtmp.lines)).not.toContain('hunter2')
})

it('lets the first publisher go on when a second one is refused', async () => {
  const first = new FakePublication('cam')
  let asked = 0
  await using rtmp = await startListener({ answer: () => (++asked === 1 ? first : Promise.reject(refusal)) })
  const one = TestClient.publish({ port: rtmp.port })
  one.send(video(0, true))
  await first.received.count(1)
  await TestClient.publish({ port: rtmp.port }).closed
  one.send(video(40))
  await first.received.count(2)
  expect(first.closings.items).toEqual([])
})

it.each([
  ['says goodbye', 'ended', (client: TestClient) => client.send(unpublish())],
  ['vanishes', 'lost', (client: TestClient) => client.socket.destroy()],
  ['is reset', 'lost', (client: TestClient) => client.socket.resetAndDestroy()],
])('ends the stream at once when the publisher %s', async (_, reason, leave) => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  leave(client)
  await rtmp.publications.items[0]!.closings.count(1)
  await client.closed
  expect(rtmp.publications.items[0]!.closings.items).toEqual([reason])
})

it('notices a frozen publisher', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  await rtmp.clock.advance(9_000)
  client.send(video(0, true))
  await rtmp.publications.items[0]!.received.count(1)
  await rtmp.clock.advance(9_999)
  expect(rtmp.publications.items[0]!.closings.items).toEqual([])
  await rtmp.clock.advance(1)
  await client.closed
  expect(rtmp.publications.items[0]!.closings.items).toEqual(['stalled'])
  expect(rtmp.lines.at(-1)!.fields).toMatchObject({ code: 'LP_PUBLISHER_FROZEN' })
})

it('lets a client go that never publishes', async () => {
  await using rtmp = await startListener({})
  const client = new TestClient(rtmp.port)
  client.send(Buffer.from([3]))
  await new Promise((resolve) => client.socket.once('connect', resolve))
  await expect.poll(() => rtmp.listener.connections).toBe(1)
  await rtmp.clock.advance(10_000)
  await client.closed
  expect(rtmp.lines.at(-1)!.fields).toMatchObject({ code: 'LP_RTMP_TIMEOUT' })
})

it('stops reading while the sink is full, and goes on when there is room', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  const publication = rtmp.publications.items[0]!
  publication.full = true
  client.send(video(0, true))
  await publication.received.count(1)
  const sent = new Promise<void>((resolve) => {
    for (let i = 1; i <= 400; i++) client.socket.write(video(i, false, 60_000), i === 400 ? () => resolve() : undefined)
  })
  await rtmp.clock.advance(15_000) // longer than the idle limit: our own waiting is not the publisher's silence
  publication.makeRoom()
  await sent
  await publication.received.count(401)
  expect(publication.closings.items).toEqual([])
})

it('lets a publisher go whose packets nobody takes for too long', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  const publication = rtmp.publications.items[0]!
  publication.full = true
  client.send(video(0, true))
  await publication.received.count(1)
  await rtmp.clock.advance(20_000)
  await client.closed
  expect(publication.closings.items).toEqual(['stalled'])
  expect(rtmp.lines.at(-1)!.fields).toMatchObject({ code: 'LP_STREAM_STALLED' })
})

it('sends a publisher away when its publication is aborted', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  rtmp.publications.items[0]!.sendAway(new LivepeerError({ code: 'LP_DRAINING', kind: 'limit', message: 'Stopping.' }))
  await client.closed
  expect(client.statuses().at(-1)).toEqual({ code: 'NetStream.Failed', description: 'LP_DRAINING Stopping.' })
  expect(rtmp.publications.items[0]!.closings.items).toEqual(['drained'])
})

it.each([
  ['HEVC by enhanced RTMP', message(9, Buffer.from([0x90, ...Buffer.from('hvc1'), 0, 0])), 'HEVC (H.265)'],
  ['H.263', message(9, Buffer.from([0x12, 0, 0, 0, 0])), 'Sorenson H.263'],
  ['MP3', message(8, Buffer.from([0x2f, 0, 0])), 'MP3'],
  ['Opus by enhanced RTMP', message(8, Buffer.from([0x90, ...Buffer.from('Opus'), 0])), 'Opus'],
])('refuses %s by name', async (_, bytes, name) => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  client.send(bytes)
  await client.closed
  expect(client.statuses().at(-1)!.description).toContain(`LP_RTMP_CODEC The publisher sends ${name}`)
})

it('says which port is taken, and works beside another listener in the process', async () => {
  await using first = await startListener({})
  await using second = await startListener({})
  const clash = new RtmpListener({
    publish: () => Promise.reject(refusal),
    limits: LIMITS,
    maxConnections: 1,
    clock: new FakeClock(),
    log: recordedLog([]),
  })
  await expect(clash.listen({ host: '127.0.0.1', port: first.port })).rejects.toMatchObject({ code: 'LP_PORT_TAKEN' })
  for (const rtmp of [first, second]) await TestClient.publish({ port: rtmp.port }).status('NetStream.Publish.Start')
  expect(first.publications.items).toHaveLength(1)
  expect(second.publications.items).toHaveLength(1)
})

it('takes nobody new while draining, and keeps who publishes', async () => {
  await using rtmp = await startListener({})
  const early = new TestClient(rtmp.port)
  const live = TestClient.publish({ port: rtmp.port })
  await live.status('NetStream.Publish.Start')
  rtmp.listener.drain()
  await new TestClient(rtmp.port).closed // refused by the system
  early.send(opening({ name: 'late' }))
  await early.closed
  expect(early.statuses()[0]!.description).toContain('LP_DRAINING')
  live.send(video(0, true))
  await rtmp.publications.items[0]!.received.count(1)
})

it('refuses clients over the limit with a log line', async () => {
  await using rtmp = await startListener({ maxConnections: 1 })
  await TestClient.publish({ port: rtmp.port }).status('NetStream.Publish.Start')
  await new TestClient(rtmp.port).closed
  await expect.poll(() => rtmp.lines.at(-1)!.fields).toMatchObject({ code: 'LP_RTMP_LIMIT' })
})

it('lets a refused client read the reason though it is still sending', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  client.send(
    Buffer.concat([message(9, Buffer.from([0x12, 0, 0, 0, 0])), ...Array.from({ length: 50 }, (_, i) => video(i))]),
  )
  await client.status('NetStream.Failed')
  await client.closed
  expect(client.statuses().at(-1)!.description).toContain('Sorenson')
})

it('does not wait for ever for a refused client to leave', async () => {
  await using rtmp = await startListener({ answer: () => Promise.reject(refusal) })
  const client = TestClient.publish({ port: rtmp.port })
  client.socket.allowHalfOpen = true // it hears the end, and stays
  await client.status('NetStream.Publish.BadName')
  await expect.poll(() => rtmp.clock.waiting).toBe(1)
  await rtmp.clock.advance(2000)
  // It notices by writing that nobody is there.
  await expect
    .poll(() => {
      client.send(video(0))
      return client.socket.destroyed
    })
    .toBe(true)
})

it('goes on when the clock of a publisher passes 32 bits', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  // Then two messages whose times are differences, as encoders send them: 32 ms each.
  const later = Buffer.from([0x46, 0, 0, 32, 0, 0, 6, 9, 0x27, 1, 0, 0, 0, 1])
  client.send(Buffer.concat([video(2 ** 32 - 16, true), later, later]))
  await rtmp.publications.items[0]!.received.count(3)
  expect(rtmp.publications.items[0]!.received.items.map(({ timestampMs }) => timestampMs)).toEqual([
    2 ** 32 - 16,
    16,
    48,
  ])
})

it('acknowledges what it has received, for encoders that wait for it', async () => {
  await using rtmp = await startListener({})
  const client = TestClient.publish({ port: rtmp.port })
  await client.status('NetStream.Publish.Start')
  const window = Buffer.from([2, 0, 0, 0, 0, 0, 4, 5, 0, 0, 0, 0, 0, 0, 0x27, 0x10]) // 10000 bytes
  client.send(Buffer.concat([window, video(0, true, 20_000)]))
  const acknowledgement = Buffer.from([2, 0, 0, 0, 0, 0, 4, 3])
  await expect.poll(() => client.received.includes(acknowledgement)).toBe(true)
})
