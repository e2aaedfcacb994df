import { Readable } from 'node:stream'
import type { RouteRequest, RouteResponse, SegmentReport } from '@livepeer-node/sdk'
import { beforeEach, describe, expect, test } from 'vitest'
import { LiveStreams, type StreamSummary } from '../src/live-streams.ts'
import { pageRoutes } from '../src/page.ts'
import { listRoute, streamRoute } from '../src/routes.ts'
import { ManualClock, recordingLog, segment, stream } from './support.ts'

let clock: ManualClock
let streams: LiveStreams

beforeEach(() => {
  clock = new ManualClock()
  streams = new LiveStreams({
    settings: { listed: 6, spare: 6, maxBytes: 1e9, segmentMs: 2000, maxGaps: 3 },
    keepEndedMs: 60_000,
    peers: { clock, log: recordingLog().log, probe: () => undefined },
  })
})

function request(path: string, query = ''): RouteRequest {
  return {
    method: 'GET',
    path,
    params: {},
    query: new URLSearchParams(query),
    headers: {},
    body: Readable.from([]),
    signal: new AbortController().signal,
  }
}

async function get(path: string): Promise<RouteResponse> {
  return await streamRoute(streams).handle(request(path))
}

async function list(query = ''): Promise<readonly StreamSummary[]> {
  const response = await listRoute(streams, () => clock.now()).handle(request('/streams.json', query))
  return JSON.parse(textOf(response)).streams
}

function report(seq: number): SegmentReport {
  return {
    streamId: 'cam',
    seq,
    durationMs: 2000,
    sourceBytes: 1000,
    latencyMs: 300,
    attempts: [{ orchestrator: 'https://127.0.0.1:8935', ms: 250, error: undefined }],
    missing: [],
  }
}

function textOf(response: RouteResponse | undefined): string {
  const body = response?.body
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? Buffer.from(body).toString() : ''
}

describe('/stream', () => {
  test('serves master, media playlist and segment with their types', async () => {
    await streams.open(stream()).publish(segment({ seq: 0, byteLength: 77 }))
    const [master, media, ts] = await Promise.all(
      ['/stream/cam.m3u8', '/stream/cam/P240.m3u8', '/stream/cam/P240/0.ts'].map(get),
    )
    for (const playlist of [master, media]) {
      expect(playlist).toMatchObject({
        status: 200,
        headers: {
          'content-type': 'application/vnd.apple.mpegurl',
          'cache-control': 'no-cache',
          'access-control-allow-origin': '*',
        },
      })
      expect(textOf(playlist)).toMatch(/^#EXTM3U\n/)
    }
    expect(ts).toMatchObject({
      status: 200,
      headers: { 'content-type': 'video/mp2t', 'content-length': '77', 'access-control-allow-origin': '*' },
    })
  })

  test('every address in a playlist can be fetched', async () => {
    await streams.open(stream({ id: 'a b' })).publish({ ...segment({ seq: 0 }), streamId: 'a b' })
    const base = 'http://node/stream/a%20b.m3u8'
    const master = textOf(await get(new URL(base).pathname))
    for (const line of master.split('\n').filter((text) => text && !text.startsWith('#'))) {
      const url = new URL(line, base)
      const media = await get(url.pathname)
      expect(media.status).toBe(200)
      const entry = textOf(media)
        .split('\n')
        .find((text) => text && !text.startsWith('#'))
      expect((await get(new URL(entry ?? '', url).pathname)).status).toBe(200)
    }
  })

  test.each([
    '/stream/other.m3u8',
    '/stream/cam',
    '/stream/cam/nope.m3u8',
    '/stream/cam/P240/1.ts',
    '/stream/cam/P240/-1.ts',
    '/stream/cam/P240/0.mp4',
    '/stream/cam/P240/0.m4s',
    '/stream/cam/P240/x.init.mp4',
    '/stream/cam/P240/0.ts/more',
    '/stream/%E0%A4%A/P240/0.ts',
    '/stream/',
  ])('%s is 404 ErrNotFound, and not to be cached', async (path) => {
    await streams.open(stream()).publish(segment({ seq: 0 }))
    expect(await get(path)).toMatchObject({
      status: 404,
      body: 'ErrNotFound\n',
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'access-control-allow-origin': '*',
      },
    })
  })

  test('a gap is 404', async () => {
    await streams.open(stream()).publish(segment({ seq: 0, missing: ['P240'] }))
    expect((await get('/stream/cam/P240/0.ts')).status).toBe(404)
    expect((await get('/stream/cam/source/0.ts')).status).toBe(200)
  })
})

describe('the life of a stream', () => {
  test('it stays for a while after its end, then it is gone', async () => {
    const publisher = streams.open(stream())
    await publisher.publish(segment({ seq: 0 }))
    await publisher.end('ended')
    await publisher.end('ended')
    clock.advance(59_999)
    expect((await get('/stream/cam.m3u8')).status).toBe(200)
    clock.advance(1)
    expect((await get('/stream/cam.m3u8')).status).toBe(404)
    expect(await list()).toEqual([])
  })

  test('one that starts again under its id replaces the old one, whose timer leaves it alone', async () => {
    const old = streams.open(stream())
    await old.publish(segment({ seq: 0, byteLength: 11 }))
    await old.end('lost')
    const fresh = streams.open(stream({ startedAt: clock.now() }))
    expect(clock.waiting).toBe(0)
    expect((await get('/stream/cam/source/0.ts')).status).toBe(404)
    await fresh.publish(segment({ seq: 0, byteLength: 22 }))
    clock.advance(120_000)
    expect((await get('/stream/cam/source/0.ts')).headers?.['content-length']).toBe('22')
  })

  test('a late end of a replaced stream does not take the new one away', async () => {
    const old = streams.open(stream())
    const fresh = streams.open(stream())
    await old.end('lost')
    await fresh.publish(segment({ seq: 0 }))
    clock.advance(120_000)
    expect((await get('/stream/cam.m3u8')).status).toBe(200)
  })

  test('close forgets streams and timers', async () => {
    const publisher = streams.open(stream())
    await publisher.end('ended')
    expect(clock.waiting).toBe(1)
    streams.close()
    expect(clock.waiting).toBe(0)
    expect(streams.list()).toEqual([])
  })
})

describe('/streams.json', () => {
  test('tells waiting, live and ended apart', async () => {
    const publisher = streams.open(stream())
    expect(await list()).toMatchObject([{ id: 'cam', state: 'waiting', newestSeq: null, variants: [] }])
    await publisher.publish(segment({ seq: 0 }))
    expect(await list()).toMatchObject([{ state: 'live', newestSeq: 0, endedAt: null }])
    await publisher.end('ended')
    expect(await list()).toMatchObject([{ state: 'ended', endedAt: clock.now() }])
  })

  test('is one stream on demand, newest first otherwise', async () => {
    streams.open(stream({ id: 'old', startedAt: 1 }))
    streams.open(stream({ id: 'new', startedAt: 2 }))
    expect((await list()).map(({ id }) => id)).toEqual(['new', 'old'])
    expect((await list('id=old')).map(({ id }) => id)).toEqual(['old'])
    expect(await list('id=none')).toEqual([])
  })

  test('keeps the last twelve reports of a stream', async () => {
    streams.open(stream())
    for (let seq = 0; seq < 20; seq += 1) streams.report(report(seq))
    streams.report({ ...report(0), streamId: 'unknown' })
    const [first] = await list()
    expect(first?.reports.map(({ seq }) => seq)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    expect(first?.reports[0]?.attempts[0]?.orchestrator).toBe('https://127.0.0.1:8935')
  })
})

test('the page and all that it loads comes from this node', async () => {
  const routes = await pageRoutes()
  const bodies = new Map<string, string>()
  for (const route of routes) {
    const response = await route.handle(request(route.path))
    expect(response.status).toBe(200)
    bodies.set(route.path, textOf(response))
  }
  const pages = [bodies.get('/') ?? '', bodies.get('/play/:id') ?? '']
  const loaded = pages.flatMap((html) => [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1] ?? ''))
  expect(loaded).toContain('/assets/hls.min.js')
  for (const address of loaded) expect([...bodies.keys()]).toContain(address)
  expect(bodies.get('/assets/hls.min.js')).toContain('Hls')
})
