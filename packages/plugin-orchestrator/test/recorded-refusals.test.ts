import { readFileSync } from 'node:fs'
import {
  encodeMessage,
  EndTranscodingSessionRequestSchema,
  jobCapabilitiesMessage,
  nodeCapabilities,
  type NotifySegment,
  type OrchestratorRequest,
  OrchestratorRequestSchema,
  REFERENCE_SOFTWARE_CAPABILITIES,
  RegisterRequestSchema,
  type TranscodeResult,
} from '@livepeer-node/protocol'
import { create } from '@bufbuild/protobuf'
import { aProfile, someBytes } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endRequest, resultOf, type SegmentInit, TestBroadcaster } from './support/broadcaster.ts'
import type { Answer, Call } from './support/h2.ts'
import { loggedCodes, type Started, startOrchestrator, whenAttached } from './support/node.ts'
import { type Delivery, ladderOf, SECRET, TestTranscoder } from './support/transcoder.ts'

interface Recorded {
  readonly case: string
  readonly status?: number
  readonly body?: string
  readonly type?: string
  readonly grpc?: string
  readonly message?: string
  readonly timeout?: boolean
}

const file = new URL('../../protocol/test/vectors/refusals.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Recorded[] }

/** Where this orchestrator answers otherwise on purpose. */
const OURS: Readonly<Record<string, { readonly why: string; readonly status: number; readonly body: string }>> = {
  'no profiles': {
    why: 'the reference runs a job without outputs into a multipart error',
    status: 403,
    body: 'The segment asks for no rendition.\n',
  },
  'empty body': {
    why: 'the reference stores nothing and fails on its own 404, which a broadcaster retries elsewhere in vain',
    status: 200,
    body: 'TranscodeResult {"error":"TranscoderInvalidVideo"}',
  },
  'two renditions of one name': {
    why: 'one overwrites the other under the same URL',
    status: 403,
    body: 'invalid rendition name\n',
  },
  'rendition name with a path': { why: 'it reaches paths and URLs', status: 403, body: 'invalid rendition name\n' },
  'manifest id with a path': {
    why: 'it reaches the file layer of reference transcoders',
    status: 403,
    body: 'invalid manifest id\n',
  },
  'GET stream path trick': {
    why: 'nothing outside the store can be named, so there is nothing to redirect to',
    status: 404,
    body: 'ErrNotFound\n',
  },
}

const PIXELS = 718_320
const profile = aProfile({ name: 'P144', width: 128, height: 72, bitrate: 100_000, fps: 30 })
const video = someBytes(8)
const garbage = Buffer.from('garbage')

/** What a reference transcoder says to the recorded segments. */
async function work(job: NotifySegment, transcoder: TestTranscoder): Promise<Delivery> {
  const source = await transcoder.fetch(job)
  if (source.status !== 200) return { error: '404 Not Found' }
  if (source.body.equals(garbage)) return { error: 'TranscoderInvalidVideo' }
  if (ladderOf(job).some(({ codec }) => codec === 'hevc')) return { error: 'Invalid argument' }
  return { parts: ladderOf(job).map(({ format }) => ({ bytes: someBytes(), format, pixels: PIXELS })) }
}

describe('the recorded requests, put to this orchestrator in their order', () => {
  let started: Started
  let b: TestBroadcaster
  let t: TestTranscoder

  beforeAll(async () => {
    started = await startOrchestrator()
    t = new TestTranscoder(started.uri, { work })
    await whenAttached(started, 1)
    b = new TestBroadcaster(started.uri)
    await b.discover()
  })
  afterAll(async () => {
    t.kill()
    b.close()
    await started.node.stop()
  })

  const segment = (init: SegmentInit = {}) => b.send({ bytes: video, ladder: [profile], ...init }).answer
  const token = () => {
    const got = b.info?.authToken
    if (!got) throw new Error('no token')
    return got
  }
  const raw = (headers: Record<string, string>) => b.h2.post('/segment', headers, video)
  const results = (headers: Record<string, string>) => b.h2.post('/transcodeResults', headers, 'body')
  const trusted = { authorization: 'Livepeer-Transcoder-1.0', credentials: SECRET }
  const getOrchestrator = (message: Partial<OrchestratorRequest>) =>
    b.h2.grpc(
      '/net.Orchestrator/GetOrchestrator',
      encodeMessage(OrchestratorRequestSchema, create(OrchestratorRequestSchema, message as OrchestratorRequest)),
    )
  const register = (secret: string, capacity: bigint) =>
    b.h2.grpc(
      '/net.Transcoder/RegisterTranscoder',
      encodeMessage(
        RegisterRequestSchema,
        create(RegisterRequestSchema, {
          secret,
          capacity,
          capabilities: nodeCapabilities({ capabilities: REFERENCE_SOFTWARE_CAPABILITIES, version: '0.9.1' }),
        }),
      ),
    )
  const end = (message: Uint8Array) => b.h2.grpc('/net.Orchestrator/EndTranscodingSession', message)

  const requests: Readonly<Record<string, () => Promise<Answer> | Call>> = {
    'good segment': () => segment(),
    'no Livepeer-Segment header': () => raw({ 'livepeer-payment': '' }),
    'header not base64': () => raw({ 'livepeer-segment': 'not base64!' }),
    'header not protobuf': () => raw({ 'livepeer-segment': Buffer.from('not protobuf').toString('base64') }),
    'no profiles': () => segment({ ladder: [] }),
    'no capabilities': () => segment({ change: (data) => delete data.capabilities }),
    'capability bit 60 asked for': () =>
      segment({ change: (data) => void (data.capabilities = jobCapabilitiesMessage(1n << 60n)) }),
    'no auth token': () => segment({ token: undefined }),
    'altered auth token': () => segment({ token: { ...token(), token: new Uint8Array(32) } }),
    'other session id under the same token': () => segment({ token: { ...token(), sessionId: 'ffffffff' } }),
    'expiry moved': () => segment({ token: { ...token(), expiration: token().expiration + 1n } }),
    'body does not match hash': () => segment({ body: garbage }),
    'empty body': () => segment({ bytes: new Uint8Array() }),
    'body is not video': () => segment({ bytes: garbage }),
    'other content type': () => segment({ type: 'text/html' }),
    'same sequence number twice': () => segment(),
    'negative sequence number': () => segment({ seq: -5n }),
    'duration 0': () => segment({ durationMs: 0 }),
    'duration 301 s': () => segment({ change: (data) => void (data.duration = 301_000) }),
    'duration negative': () => segment({ change: (data) => void (data.duration = -1) }),
    'width 0': () => segment({ ladder: [{ ...profile, width: 0 }] }),
    'two renditions of one name': () => segment({ ladder: [profile, profile] }),
    'rendition name with a path': () => segment({ ladder: [{ ...profile, name: '../../up' }] }),
    'manifest id with a path': () =>
      segment({ change: (data) => void (data.manifestId = new TextEncoder().encode('../movie')) }),
    'bitrate 0': () => segment({ ladder: [{ ...profile, bitrate: 0 }] }),
    'encoder HEVC': () => segment({ ladder: [{ ...profile, codec: 'hevc' }] }),
    'GET /segment': () => b.h2.get('/segment'),
    'GET unknown stream': () => b.h2.get('/stream/unknown/P144/0.ts'),
    'GET stream path trick': () => b.h2.get('/stream/../../etc/passwd'),
    'GET /': () => b.h2.get('/'),
    'POST /payment without header': () => b.h2.post('/payment', {}),
    'results: no secret': () => results({ taskid: '0' }),
    'results: wrong secret': () => results({ ...trusted, credentials: 'wrong', taskid: '0' }),
    'results: no task id': () => results(trusted),
    'results: unknown task id, unknown content type': () =>
      results({ ...trusted, taskid: '4242', 'content-type': 'text/plain' }),
    'results: error body for unknown task': () =>
      results({ ...trusted, taskid: '4242', 'content-type': 'livepeer/error' }),
    'register: wrong secret': () => register('wrong', 10n),
    'register: capacity 0': () => register(SECRET, 0n),
    'register: good, then left': () => register(SECRET, 10n),
    'get: no address': () => getOrchestrator({}),
    'get: short address': () => getOrchestrator({ address: new Uint8Array(3) }),
    'get: capability bit 60': () => getOrchestrator({ capabilities: jobCapabilitiesMessage(1n << 60n) }),
    'get: no capabilities': () => getOrchestrator({ address: new Uint8Array(20) }),
    'end: altered token': () => end(endRequest({ ...token(), token: new Uint8Array(32) })),
    'end: good': () => end(endRequest(token())),
    'end: twice': () => end(endRequest(token())),
  }

  it('knows every recorded case', () => {
    expect(cases).toHaveLength(46)
    expect(Object.keys(requests)).toEqual(cases.map((recorded) => recorded.case))
  })

  it.each(cases)('$case', async (recorded) => {
    const made = requests[recorded.case]?.()
    if (!made) throw new Error('no such request')
    const seen = recorded.timeout ? await openCall(made as Call) : shown(await ('answer' in made ? made.answer : made))
    expect(seen).toEqual(expected(recorded))
  })

  /** Still open, without headers, after a round trip. */
  async function openCall({ headers, stream }: Call): Promise<string> {
    let state = 'open'
    headers.then(
      () => (state = 'answered'),
      () => (state = 'failed'),
    )
    await new Promise((resolve) => b.h2.session.ping(resolve))
    stream.close()
    return state
  }

  it('an end without a token is refused; the reference dies of it', async () => {
    const { trailers, headers } = await end(
      encodeMessage(EndTranscodingSessionRequestSchema, create(EndTranscodingSessionRequestSchema)),
    ).answer
    expect(trailers['grpc-status'] ?? headers['grpc-status']).toBe('3')
    expect(loggedCodes(started)).toContain('LP_END_WITHOUT_TOKEN')
  })

  it('every refusal is one log line with a code', () => {
    const refused = started.node.lines.filter(({ message }) => message.startsWith('request refused'))
    for (const { fields } of refused) expect((fields['error'] as { code: string }).code).toMatch(/^LP_/)
    expect(refused.length).toBeGreaterThan(15)
  })
})

/** As the recording writes a TranscodeResult. */
function shape({ result }: TranscodeResult): string {
  const value =
    result.case === 'data'
      ? { segments: result.value.segments.length, pixels: result.value.segments.map(({ pixels }) => Number(pixels)) }
      : { error: result.value }
  return `TranscodeResult ${JSON.stringify(value)}`
}

function expected(recorded: Recorded): unknown {
  const { case: name, grpc, message = '', timeout } = recorded
  if (timeout) return 'open'
  if (grpc !== undefined) return { grpc, message }
  const { status, body } = OURS[name] ?? recorded
  return { status, body, ...(status !== 200 && { type: 'text/plain; charset=utf-8', sniff: 'nosniff' }) }
}

function shown({ status, headers, trailers, body }: Answer): unknown {
  const type = headers['content-type']
  if (type?.startsWith('application/grpc')) {
    const grpc = trailers['grpc-status'] ?? headers['grpc-status']
    return { grpc, message: decodeURIComponent(String(trailers['grpc-message'] ?? headers['grpc-message'] ?? '')) }
  }
  if (status === 200)
    return { status, body: type === undefined ? shape(resultOf({ status, headers, trailers, body })) : body.toString() }
  return { status, body: body.toString(), type, sniff: headers['x-content-type-options'] }
}
