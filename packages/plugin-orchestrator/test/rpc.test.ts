import * as https from 'node:https'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { create } from '@bufbuild/protobuf'
import * as grpc from '@grpc/grpc-js'
import {
  EndTranscodingSessionRequestSchema,
  encodeMessage,
  decodeMessage,
  OrchestratorInfoSchema,
  OrchestratorRequestSchema,
  PingPongSchema,
  RegisterRequestSchema,
} from '@livepeer-node/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { H2 } from './support/h2.ts'
import { QuickTranscoder } from './support/local.ts'
import type { Started } from './support/node.ts'
import { statusOf, whenAttached } from './support/node.ts'
import { broadcaster, withLocal, withRemote } from './support/set-up.ts'
import { SECRET } from './support/transcoder.ts'

const bytes = (value: Uint8Array) => Buffer.from(value)

/** A client of another make than the server: bytes in, bytes out. */
function client({ uri }: Started) {
  const credentials = grpc.credentials.createSsl(null, null, null, {
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  const made = new grpc.Client(new URL(uri).host, credentials)
  onTestFinished(() => made.close())
  return {
    unary: (path: string, message: Uint8Array) =>
      new Promise<Buffer>((resolve, reject) => {
        made.makeUnaryRequest(path, bytes, bytes, message, (error, value) =>
          error ? reject(error) : resolve(value as Buffer),
        )
      }),
    stream: (path: string, message: Uint8Array) => made.makeServerStreamRequest(path, bytes, bytes, message),
  }
}

const request = encodeMessage(
  OrchestratorRequestSchema,
  create(OrchestratorRequestSchema, { address: new Uint8Array(20) }),
)
const register = (secret: string, capacity = 10n) =>
  encodeMessage(RegisterRequestSchema, create(RegisterRequestSchema, { secret, capacity }))

describe('gRPC with a client of another make', () => {
  it('gives an info with a token, capabilities and a version that parses', async () => {
    const started = await withRemote()
    const { unary } = client(started)
    const info = decodeMessage(OrchestratorInfoSchema, await unary('/net.Orchestrator/GetOrchestrator', request))
    expect(info.transcoder).toBe(started.uri)
    expect(info.address).toEqual(new Uint8Array(20))
    expect(info.authToken?.token).toHaveLength(32)
    expect(Number(info.authToken?.expiration) - Date.now() / 1000).toBeGreaterThan(1790)
    expect(info.capabilities).toMatchObject({ version: '1.2.3', constraints: { minVersion: '1.2.3' } })
    expect(info.ticketParams).toBeUndefined()
  })

  it('answers Ping off chain with nothing', async () => {
    const { unary } = client(await withRemote())
    const ping = encodeMessage(PingPongSchema, create(PingPongSchema, { value: new Uint8Array([1, 2]) }))
    expect(await unary('/net.Orchestrator/Ping', ping)).toHaveLength(0)
  })

  it('ends sessions with their token, and refuses an end without one', async () => {
    const started = await withLocal()
    const b = await broadcaster(started)
    await b.segment()
    expect((await statusOf(started)).sessions).toHaveLength(1)
    const { unary } = client(started)
    const path = '/net.Orchestrator/EndTranscodingSession'
    const end = (fields: object) =>
      unary(path, encodeMessage(EndTranscodingSessionRequestSchema, create(EndTranscodingSessionRequestSchema, fields)))
    await expect(end({})).rejects.toMatchObject({ code: grpc.status.INVALID_ARGUMENT })
    await expect(end({ authToken: { ...b.info?.authToken, expiration: 5n } })).rejects.toMatchObject({
      code: grpc.status.UNKNOWN,
      details: 'Invalid auth token',
    })
    await end({ authToken: b.info?.authToken })
    expect((await statusOf(started)).sessions).toEqual([])
  })

  it('refuses transcoders with exactly the texts that they know', async () => {
    const { stream } = client(await withRemote())
    const outcome = (message: Uint8Array) =>
      new Promise((resolve) => {
        const call = stream('/net.Transcoder/RegisterTranscoder', message)
        call.on('error', ({ code, details }: grpc.ServiceError) => resolve({ code, details }))
        call.on('data', () => undefined)
      })
    expect(await outcome(register('wrong'))).toEqual({ code: grpc.status.UNKNOWN, details: 'invalid secret' })
    expect(await outcome(register(SECRET, 0n))).toEqual({ code: grpc.status.UNKNOWN, details: 'zero capacity' })
  })

  it('ends a registration with OK, never with CANCELLED', async () => {
    const started = await withRemote()
    const call = client(started).stream('/net.Transcoder/RegisterTranscoder', register(SECRET))
    call.on('data', () => undefined)
    const status = once(call, 'status') as Promise<[grpc.StatusObject]>
    await whenAttached(started, 1)
    await started.node.stop()
    const [{ code }] = await status
    expect(code).toBe(grpc.status.OK)
  })

  it('turns new transcoders away when it has drained, so that they come back', async () => {
    const started = await withRemote()
    await started.node.drain(new AbortController().signal)
    const call = client(started).stream('/net.Transcoder/RegisterTranscoder', register(SECRET))
    call.on('data', () => undefined)
    const [error] = (await once(call, 'error')) as [grpc.ServiceError]
    expect(error.code).toBe(grpc.status.UNAVAILABLE)
  })

  it('has no registration when the transcoder is in its own process', async () => {
    const started = await withLocal({ transcoder: new QuickTranscoder() })
    const call = client(started).stream('/net.Transcoder/RegisterTranscoder', register(SECRET))
    call.on('data', () => undefined)
    const [error] = (await once(call, 'error')) as [grpc.ServiceError]
    expect({ code: error.code, details: error.details }).toEqual({
      code: grpc.status.UNIMPLEMENTED,
      details: 'unknown service net.Transcoder',
    })
    const h2 = new H2(started.uri)
    onTestFinished(() => h2.close())
    expect((await h2.post('/transcodeResults', {})).status).toBe(404)
  })
})

describe('the frames of an error', () => {
  it.each([
    ['/net.Orchestrator/EndTranscodingSession', '3'],
    ['/net.AIWorker/RegisterAIWorker', '12'],
    ['/net.Orchestrator/Nonsense', '12'],
  ])('%s: a status that a reference client finds', async (path, code) => {
    const started = await withRemote()
    const h2 = new H2(started.uri)
    onTestFinished(() => h2.close())
    const call = h2.grpc(path, new Uint8Array())
    const [headers, flags] = (await once(call.stream, 'response')) as [Record<string, string>, number]
    const { trailers, body } = await call.answer
    const END_STREAM = 1
    // Either all in one frame that ends the stream, or in trailers after headers that carry no status.
    const found = headers['grpc-status'] === undefined ? trailers['grpc-status'] : headers['grpc-status']
    expect(found).toBe(code)
    expect((flags & END_STREAM) === END_STREAM).toBe(headers['grpc-status'] !== undefined)
    expect(body).toHaveLength(0)
  })

  it('gRPC over HTTP/1.1 is not gRPC', async () => {
    const { uri } = await withRemote()
    const call = https.request(`${uri}/net.Orchestrator/Ping`, {
      method: 'POST',
      rejectUnauthorized: false,
      agent: false,
      headers: { 'content-type': 'application/grpc' },
    })
    call.end()
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(404)
    response.resume()
  })
})
