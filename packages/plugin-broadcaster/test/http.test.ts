import { once } from 'node:events'
import http, { type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@livepeer-node/sdk'
import { Link } from '@livepeer-node/test-kit'
import { afterEach, expect, test, vi } from 'vitest'
import { OrchestratorHttp } from '../src/http.ts'
import { OrchestratorDouble } from './support/orchestrator-double.ts'

const { signal } = new AbortController()

interface Site extends AsyncDisposable {
  readonly uri: string
  readonly client: OrchestratorHttp
}

afterEach(() => {
  vi.useRealTimers()
})

/** Plain HTTP/1.1: where results lie is the orchestrator's choice. */
async function site(answer: RequestListener): Promise<Site> {
  const server = http.createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new OrchestratorHttp(systemClock)
  const dispose = async () => {
    await client.close()
    server.closeAllConnections()
    server.close()
  }
  const { port } = server.address() as AddressInfo
  return { uri: `http://127.0.0.1:${port}`, client, [Symbol.asyncDispose]: dispose }
}

test('results are fetched from where the orchestrator says, over plain HTTP/1.1 too', async () => {
  await using at = await site((request, response) => response.end(`${request.httpVersion} ${request.url}`))
  const bytes = await at.client.download(`${at.uri}/a/b.ts?x=1`, signal)
  expect(new TextDecoder().decode(bytes)).toBe('1.1 /a/b.ts?x=1')
})

test('a download that says it is too large is not read', async () => {
  await using at = await site((_, response) => {
    response.writeHead(200, { 'content-length': 300_000_001 })
    response.write('x')
  })
  await expect(at.client.download(`${at.uri}/big.ts`, signal)).rejects.toMatchObject({
    code: 'LP_DOWNLOAD_FAILED',
    message: expect.stringContaining('300000000'),
  })
})

test('an answer of megabytes to a segment is no answer', async () => {
  await using at = await site((_, response) => response.end(Buffer.alloc(5 << 20)))
  const post = {
    orchestrator: at.uri,
    headers: {},
    bytes: Uint8Array.of(1),
    durationMs: 2000,
    signal,
    answered: () => {},
  }
  await expect(at.client.postSegment(post)).rejects.toMatchObject({ code: 'LP_ORCHESTRATOR_ANSWER' })
})

test.each(['stream/1.ts', 'ftp://h/1.ts', 'file:///etc/passwd', ''])('%j is not fetched', async (url) => {
  const client = new OrchestratorHttp(systemClock)
  await expect(client.download(url, signal)).rejects.toMatchObject({ code: 'LP_DOWNLOAD_FAILED', observed: url })
  await client.close()
})

test('a connection that breaks in the middle of a body is an error', async () => {
  await using at = await site((_, response) => {
    response.writeHead(200, { 'content-length': 1000 })
    response.write('x', () => response.destroy())
  })
  await expect(at.client.download(`${at.uri}/1.ts`, signal)).rejects.toMatchObject({ code: 'LP_DOWNLOAD_FAILED' })
})

test('a refusal’s text is trimmed and kept to the letter', async () => {
  await using at = await site((_, response) => response.writeHead(403).end('invalid auth token\n'))
  const post = {
    orchestrator: at.uri,
    headers: {},
    bytes: Uint8Array.of(1),
    durationMs: 2000,
    signal,
    answered: () => {},
  }
  await expect(at.client.postSegment(post)).rejects.toMatchObject({
    code: 'LP_ORCHESTRATOR_REFUSED',
    wireText: 'invalid auth token',
    message: 'The orchestrator answered 403 "invalid auth token".',
  })
})

test('a connection that died without a word is replaced after two PINGs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await using double = await OrchestratorDouble.start()
  await using link = await Link.to(() => Number(new URL(double.uri).port))
  const client = new OrchestratorHttp(systemClock)
  const url = `https://${link.address}/stream/s/360p/0.ts`
  await client.download(url, signal)
  link.silence()
  vi.advanceTimersByTime(5000)
  await expect(client.download(url, signal)).resolves.toBeInstanceOf(Uint8Array)
  await client.close()
})
