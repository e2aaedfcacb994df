import { DEFAULT_CAPABILITIES, nodeCapabilities } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'
import { aLadder, anEncodedRendition, aTranscodeResult, createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import transcoder from '../src/index.ts'
import { OrchestratorDouble, type PostedResult, type Registration } from './orchestrator-double.ts'
import { FakeBackend, Held, notification } from './support.ts'

const SOURCE = Buffer.from('a source segment')
let orchestrator: OrchestratorDouble
let backend: FakeBackend
let node: TestNode
let registration: Registration

beforeEach(async () => {
  orchestrator = await new OrchestratorDouble().listen()
  orchestrator.sources.set('/stream/s/0.tempfile', { status: 200, body: SOURCE })
  backend = new FakeBackend()
  node = await createTestNode(
    backend.plugin(),
    transcoder({ orchAddr: orchestrator.address, orchSecret: 'shared', maxSessions: 7 }),
  )
  registration = await orchestrator.registrations.next()
})

afterEach(async () => {
  await node.stop()
  await orchestrator.kill()
})

function url(path = '/stream/s/0.tempfile'): string {
  return `https://${orchestrator.address}${path}`
}

async function resultOf(over: Partial<Parameters<typeof notification>[0]> = {}): Promise<PostedResult> {
  registration.send(notification({ url: url(), ...over }))
  return await orchestrator.results.next()
}

async function errorOf(over: Partial<Parameters<typeof notification>[0]> = {}): Promise<string> {
  const { headers, body } = await resultOf(over)
  expect(headers).toMatchObject({
    authorization: 'Livepeer-Transcoder-1.0',
    credentials: 'shared',
    'content-type': 'livepeer/transcoding-error',
    pixels: '0',
  })
  return body.toString()
}

test('registers with its secret, capacity and capabilities', () => {
  expect(registration.request).toMatchObject({ secret: 'shared', capacity: 7n })
  expect(registration.request.capabilities).toEqual(
    nodeCapabilities({ capabilities: [4, 5, 6, 12, 26, ...DEFAULT_CAPABILITIES], version: '0.0.0-test' }),
  )
})

describe('a job', () => {
  test('is fetched over HTTP/1.1, transcoded and posted over HTTP/2, byte for byte as wire.md §10.4', async () => {
    const ladder = aLadder()
    backend.answer = () =>
      Promise.resolve({
        ...aTranscodeResult(),
        decodedPixels: 4321,
        renditions: [
          anEncodedRendition({ name: '360p', bytes: Buffer.from('first'), pixels: 11 }),
          anEncodedRendition({ name: '240p', bytes: Buffer.from('second'), pixels: 22, format: 'mp4' }),
        ],
      })
    const { headers, body, httpVersion } = await resultOf({ taskId: 9n, seq: 5n, ladder, duration: 0 })
    expect(backend.calls).toEqual([
      {
        spec: { sessionId: 'session-1', ladder, provider: 'Livepeer Transcoder 0.0.0-test (offchain)' },
        segment: { seq: 5, durationMs: 2000, bytes: SOURCE },
      },
    ])
    expect(orchestrator.downloads).toEqual(['1.1'])
    expect(httpVersion).toBe('2.0')
    const boundary = /^multipart\/mixed; boundary=([0-9a-f]{20})$/.exec(String(headers['content-type']))?.[1]
    expect(headers).toMatchObject({
      authorization: 'Livepeer-Transcoder-1.0',
      credentials: 'shared',
      taskid: '9',
      pixels: '4321',
    })
    expect(body.toString()).toBe(
      [
        `--${boundary}\r\nContent-Length: 5\r\nContent-Type: video/mp2t\r\nPixels: 11\r\n\r\nfirst\r\n`,
        `--${boundary}\r\nContent-Length: 6\r\nContent-Type: video/mp4\r\nPixels: 22\r\n\r\nsecond\r\n`,
        `--${boundary}--\r\n`,
      ].join(''),
    )
  })

  test('task 0 is said to be 0', async () => {
    expect((await resultOf()).headers['taskid']).toBe('0')
  })

  test('a large result arrives whole', async () => {
    const bytes = Buffer.alloc(5_000_000, 'x')
    backend.answer = () =>
      Promise.resolve({ ...aTranscodeResult(), renditions: [1, 2].map(() => anEncodedRendition({ bytes })) })
    const { body, headers } = await resultOf()
    expect(body.length).toBe(Number(headers['content-length']))
    expect(body.includes(bytes)).toBe(true)
  })

  test('runs beside those of other sessions', async () => {
    const held = new Held()
    backend.answer = held.answer
    registration.send(notification({ url: url(), sessionId: 'a' }))
    registration.send(notification({ url: url(), sessionId: 'b' }))
    await expect.poll(() => backend.calls.length).toBe(2)
    held.finish()
    held.finish()
    await orchestrator.results.next()
    await orchestrator.results.next()
  })

  test('a re-initialisation opens the session anew', async () => {
    await resultOf()
    await resultOf({ reinit: true })
    expect(backend.opened).toHaveLength(2)
  })

  test('a teardown ends the session, without an answer', async () => {
    await resultOf()
    registration.send({ segData: { authToken: { sessionId: 'session-1' } } })
    await expect.poll(() => backend.closed).toEqual(['session-1'])
    await resultOf({ sessionId: 'next' })
    expect(orchestrator.results.size).toBe(0)
  })

  test('a message with neither is answered, and costs nothing else', async () => {
    registration.send({ taskId: 3n })
    expect((await orchestrator.results.next()).body.toString()).toBe('empty seg data')
    await resultOf()
    expect(backend.calls).toHaveLength(1)
  })
})

describe('what goes wrong is told in the words that peers know', () => {
  test('no segment data', async () => {
    registration.send({ url: url(), taskId: 3n })
    const { headers, body } = await orchestrator.results.next()
    expect(headers['taskid']).toBe('3')
    expect(body.toString()).toBe('empty seg data')
  })

  test('capabilities that it does not have', async () => {
    expect(await errorOf({ needs: [0, 1, 12, 18] })).toBe('incompatible segment capabilities')
    expect(orchestrator.downloads).toEqual([])
  })

  test('a source that is not there', async () => {
    expect(await errorOf({ url: url('/stream/s/1.tempfile') })).toBe('404 Not Found')
    expect(backend.calls).toEqual([])
  })

  test('a source that is too large', async () => {
    orchestrator.sources.set('/large', { status: 200, headers: { 'content-length': '300000001' } })
    expect(await errorOf({ url: url('/large') })).toBe('input bigger than max buffer size')
  })

  test('a source that is nowhere', async () => {
    expect(await errorOf({ url: 'file:///etc/passwd' })).toBe('not an http address')
    expect(await errorOf({ url: 'https://127.0.0.1:1/0.tempfile' })).toMatch(/ECONNREFUSED/)
  })

  test('a duration and a clip that are out of bounds', async () => {
    expect(await errorOf({ duration: 300_001 })).toBe('invalid duration')
    expect(await errorOf({ clip: { from: 100n, to: 0n } })).toBe('TranscoderInvalidClipConfig')
    await resultOf({ clip: { from: 0n, to: 0n } })
    expect(backend.calls).toHaveLength(1)
  })

  test('the backend’s own words, letter by letter', async () => {
    const failure = {
      code: 'LP_MEDIA',
      kind: 'input',
      message: 'long text',
      wireText: 'No keyframes in input',
    } as const
    backend.answer = () => Promise.reject(new LivepeerError(failure))
    expect(await errorOf()).toBe('No keyframes in input')
    backend.answer = () => Promise.reject(new Error('bad \ud800 text'))
    expect(await errorOf()).toBe('bad \ufffd text')
  })

  test('a backend that makes another number of renditions', async () => {
    backend.answer = () => Promise.resolve(aTranscodeResult([]))
    expect(await errorOf()).toBe('segment / profile mismatch')
  })

  test('each is one log line with its reason', async () => {
    await errorOf({ url: url('/none'), taskId: 4n, seq: 8n })
    expect(node.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        message: 'segment failed',
        fields: { code: 'LP_SOURCE_DOWNLOAD', taskId: '4', sessionId: 'session-1', seq: 8 },
      },
    ])
  })
})

describe('a result that the orchestrator does not take', () => {
  test('is posted again after a 5xx and after a lost connection', async () => {
    orchestrator.answers.push({ status: 500, body: Buffer.from('later') }, { status: 200, reset: true })
    const first = await resultOf()
    const [second, third] = [await orchestrator.results.next(), await orchestrator.results.next()]
    expect(second.body.toString()).toBe(first.body.toString())
    expect(third.body.toString()).toBe(first.body.toString())
  })

  test('is not posted again when it was refused, and the next job goes on', async () => {
    orchestrator.answers.push({ status: 401, body: Buffer.from('Unauthorized') })
    await resultOf({ taskId: 1n })
    expect((await resultOf({ taskId: 2n })).headers['taskid']).toBe('2')
    expect(orchestrator.results.size).toBe(0)
    expect(node.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { code: 'LP_RESULT_REFUSED' } },
    ])
  })

  test('is given up after three posts', async () => {
    orchestrator.answers.push(...[1, 2, 3].map(() => ({ status: 503 })))
    await resultOf({ taskId: 1n })
    await orchestrator.results.next()
    await orchestrator.results.next()
    expect((await resultOf({ taskId: 2n })).headers['taskid']).toBe('2')
  })
})
