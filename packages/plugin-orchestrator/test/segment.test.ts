import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { keccak256 } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'
import { aLadder, anEncodedRendition, aTranscodeResult, FakeClock, someBytes } from '@livepeer-node/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MemoryStore } from '../src/store/memory-store.ts'
import { locate } from '../src/store/stream-handler.ts'
import { resultOf } from './support/broadcaster.ts'
import { HeldTranscoder } from './support/local.ts'
import { loggedCodes, statusOf } from './support/node.ts'
import { broadcaster, withLocal } from './support/set-up.ts'

/** GET as the reference's downloader does: HTTP/1.1, no ALPN. */
async function download(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const request = https.request(url, {
    rejectUnauthorized: false,
    ALPNProtocols: [],
    agent: false,
    headers,
    method,
  } as https.RequestOptions)
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.concat(chunks),
    http: response.httpVersion,
  }
}

describe('a segment', () => {
  it('comes back with a URL and pixels per profile, in their order, and with refreshed info', async () => {
    const started = await withLocal()
    const b = await broadcaster(started)
    const { result, answer } = await b.segment({ seq: 7n })
    expect(answer.headers['content-type']).toBeUndefined()
    expect(result.seq).toBe(7n)
    expect(result.info?.transcoder).toBe(started.uri)
    expect(result.info?.transcoder).toBe(b.info?.transcoder)
    expect(result.info?.authToken).toEqual(b.info?.authToken)
    expect(result.info?.capabilities?.version).toBe('1.2.3')
    const session = b.info?.authToken?.sessionId
    const segments = result.result.case === 'data' ? result.result.value.segments : []
    expect(segments.map(({ url, pixels }) => ({ url, pixels }))).toEqual([
      { url: `${started.uri}/stream/${session}/360p/7.ts`, pixels: BigInt(60 * 640 * 360) },
      { url: `${started.uri}/stream/${session}/240p/7.ts`, pixels: BigInt(60 * 426 * 240) },
    ])
  })

  it('is answered with 200 as soon as the upload is through, before the transcoding ends', async () => {
    const transcoder = new HeldTranscoder()
    const b = await broadcaster(await withLocal({ transcoder }))
    const call = b.send()
    const running = await transcoder.started(0)
    expect((await call.headers)[':status']).toBe(200)
    running.finish()
    expect(resultOf(await call.answer).result.case).toBe('data')
  })

  it('is given to the transcoder whole, with its session and who provides', async () => {
    const transcoder = new HeldTranscoder()
    const b = await broadcaster(await withLocal({ transcoder }))
    const bytes = someBytes(4000)
    const call = b.send({ bytes, seq: 3n, durationMs: 1500 })
    const running = await transcoder.started(0)
    const { job } = running
    expect(job.spec).toEqual({
      sessionId: b.info?.authToken?.sessionId,
      ladder: aLadder(),
      provider: 'Livepeer Transcoder 1.2.3 (offchain)',
    })
    expect(job.segment).toMatchObject({ seq: 3, durationMs: 1500 })
    expect(Buffer.from(job.segment.bytes).equals(bytes)).toBe(true)
    running.finish()
    await call.answer
  })

  it('of a broadcaster that speaks HTTP/1.1 is taken too', async () => {
    const started = await withLocal()
    const b = await broadcaster(started)
    const request = https.request(`${started.uri}/segment`, {
      method: 'POST',
      rejectUnauthorized: false,
      agent: false,
      // As long as a payment of 600 tickets makes them.
      headers: { 'livepeer-segment': b.header(), 'livepeer-payment': '', 'x-padding': 'x'.repeat(58_000) },
    })
    request.end(someBytes())
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(200)
    response.resume()
    await once(response, 'end')
  })

  it('passes the texts of the transcoder letter by letter, and never one that is no UTF-8', async () => {
    const transcoder = new HeldTranscoder()
    const b = await broadcaster(await withLocal({ transcoder }))
    const failWith = async (index: number, error: Error) => {
      const call = b.send({ seq: BigInt(index) })
      ;(await transcoder.started(index)).fail(error)
      return resultOf(await call.answer).result.value
    }
    const known = { code: 'LP_X', kind: 'input', message: 'nope' } as const
    expect(await failWith(0, new LivepeerError({ ...known, wireText: 'No keyframes in input' }))).toBe(
      'No keyframes in input',
    )
    expect(await failWith(1, new LivepeerError({ ...known, wireText: 'broken \ud800 text' }))).toBe(
      'broken \ufffd text',
    )
    expect(await failWith(2, new Error('something of ours'))).toBe('ErrTranscoderUnavailable')
  })

  it('with too few or too small renditions is a failure, not a short result', async () => {
    const transcoder = new HeldTranscoder()
    const b = await broadcaster(await withLocal({ transcoder }))
    const first = b.send()
    const one = await transcoder.started(0)
    one.finish({ ...aTranscodeResult(), renditions: [anEncodedRendition()] })
    expect(resultOf(await first.answer).result.value).toBe('MismatchedSegments')
    const second = b.send()
    const two = await transcoder.started(1)
    two.finish({
      ...aTranscodeResult(),
      renditions: [anEncodedRendition(), anEncodedRendition({ bytes: new Uint8Array(24) })],
    })
    expect(resultOf(await second.answer).result.value).toBe('ZeroSegments')
  })
})

describe('the body of a segment', () => {
  it('with headers as long as a payment of 600 tickets makes them is taken over HTTP/2', async () => {
    const b = await broadcaster(await withLocal())
    const headers = { 'livepeer-segment': b.header(), 'livepeer-payment': '', 'x-padding': 'x'.repeat(58_000) }
    const { status } = await b.h2.post('/segment', headers, someBytes())
    expect(status).toBe(200)
  })

  it('that stops arriving is refused, and costs the session nothing', async () => {
    const clock = new FakeClock()
    const started = await withLocal({ clock })
    const b = await broadcaster(started)
    const timers = clock.waiting
    const call = b.h2.call({ ':method': 'POST', ':path': '/segment', 'livepeer-segment': b.header() })
    call.stream.write(someBytes().subarray(0, 100))
    await clock.whenWaiting(timers + 1)
    await clock.advance(30_000)
    const { status, body } = await call.answer
    expect({ status, body: body.toString() }).toEqual({ status: 500, body: 'Internal Server Error\n' })
    expect(loggedCodes(started)).toContain('LP_BODY_STALLED')
    if (!call.stream.closed) await once(call.stream, 'close')
    expect(call.stream.rstCode).toBe(0)
    expect((await statusOf(started)).sessions).toEqual([])
  })

  it('that breaks off is one log line', async () => {
    const started = await withLocal()
    const b = await broadcaster(started)
    const call = b.h2.call({ ':method': 'POST', ':path': '/segment', 'livepeer-segment': b.header() })
    call.stream.write('part')
    await new Promise((resolve) => b.h2.session.ping(resolve))
    b.close()
    await expect.poll(() => loggedCodes(started)).toContain('LP_BODY_BROKEN')
  })

  it('is not waited for when the headers are refused', async () => {
    const b = await broadcaster(await withLocal())
    const call = b.h2.call({ ':method': 'POST', ':path': '/segment', 'livepeer-segment': 'not base64!' })
    call.stream.write(someBytes(1000))
    const { status, body } = await call.answer
    expect({ status, body: body.toString() }).toEqual({ status: 403, body: 'ErrorSegEncoding\n' })
    // The rest of it is not taken either: the stream is closed, and not as an error.
    if (!call.stream.closed) await once(call.stream, 'close')
    expect(call.stream.rstCode).toBe(0)
    const other = await b.segment()
    expect(other.answer.status).toBe(200)
  })

  it('is not waited for over HTTP/1.1 either: the connection ends with the answer', async () => {
    const { uri } = await withLocal()
    const request = https.request(`${uri}/segment`, {
      method: 'POST',
      rejectUnauthorized: false,
      agent: new https.Agent({ keepAlive: true }),
      headers: { 'livepeer-segment': 'not base64!', 'content-length': 1_000_000 },
    })
    request.on('error', () => undefined)
    request.write('some of it')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(403)
    expect(response.headers.connection).toBe('close')
    request.destroy()
  })

  it('may be the URL of the video', async () => {
    const video = someBytes(50)
    const server = createServer((request, response) => {
      if (request.url === '/0.ts') response.end(video)
      else response.writeHead(404).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const b = await broadcaster(await withLocal())
    const type = 'application/vnd+livepeer.uri'
    const good = await b.segment({ bytes: video, body: `${base}/0.ts`, type })
    expect(good.result.result.case).toBe('data')
    for (const url of [`${base}/1.ts`, 'file:///etc/passwd', 'nonsense']) {
      const { status, body } = await b.send({ bytes: video, body: url, type }).answer
      expect({ url, status, body: body.toString() }).toEqual({ url, status: 400, body: 'BadRequest\n' })
    }
    const altered = await b.send({ bytes: someBytes(3), body: `${base}/0.ts`, type }).answer
    expect(altered.body.toString()).toBe('Forbidden\n')
  })
})

describe('results', () => {
  it('are fetched over HTTP/1.1 without ALPN and over HTTP/2, with the headers players need', async () => {
    const b = await broadcaster(await withLocal())
    const { result } = await b.segment()
    const url = result.result.case === 'data' ? (result.result.value.segments[0]?.url ?? '') : ''
    const old = await download(url)
    expect(old).toMatchObject({ status: 200, http: '1.1', body: Buffer.from(someBytes()) })
    expect(old.headers).toMatchObject({
      'content-type': 'video/mp2t',
      'content-length': String(someBytes().length),
      'cache-control': 'max-age=5',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Content-Length',
    })
    const modern = await b.h2.get(new URL(url).pathname)
    expect(Buffer.compare(modern.body, someBytes())).toBe(0)
    expect(await download(url, {}, 'HEAD')).toMatchObject({ status: 200, body: Buffer.alloc(0) })
  })

  it('are gone with their session', async () => {
    const transcoder = new HeldTranscoder()
    const started = await withLocal({ transcoder })
    const b = await broadcaster(started)
    const call = b.send()
    ;(await transcoder.started(0)).finish()
    const { result } = resultOf(await call.answer)
    const url = result.case === 'data' ? (result.value.segments[0]?.url ?? '') : ''
    await b.end()
    const { status, body } = await download(url)
    expect({ status, body: body.toString() }).toEqual({ status: 404, body: 'ErrNotFound\n' })
    expect(transcoder.ended).toEqual([b.info?.authToken?.sessionId])
  })

  it('under a name that ends in live are found, unlike in the reference', async () => {
    const store = new MemoryStore()
    store.openSession('s')
    store.save('s', 'alive/0.ts', someBytes())
    const found = locate('/stream/s/alive/0.ts')
    expect(found && store.read(found.sessionId, found.path)).toEqual(someBytes())
    expect(locate('/stream/live/s/alive/0.ts')).toEqual(found)
  })
})

it('the hash is that of the wire: what was hashed otherwise is refused', async () => {
  const b = await broadcaster(await withLocal())
  const bytes = someBytes(10)
  const wrong = await b.send({ bytes, change: (data) => void (data.hash = keccak256(bytes).toReversed()) }).answer
  expect({ status: wrong.status, body: wrong.body.toString() }).toEqual({ status: 403, body: 'Forbidden\n' })
})
