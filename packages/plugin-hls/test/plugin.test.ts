import { Readable } from 'node:stream'
import type { ListenerName, Route, RouteResponse } from '@livepeer-node/sdk'
import {
  aMediaInfo,
  aPublishedSegment,
  aSegmentReport,
  aStream,
  aVideoInfo,
  createTestNode,
  createTestNodeWith,
  describePublisher,
  FakeClock,
  pluginFor,
  type TestNode,
} from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import hls from '../src/index.ts'
import { readMaster } from './parsers.ts'

async function routes(node: TestNode, listener: ListenerName = 'public'): Promise<readonly Route[]> {
  return await node.run.http.routes(listener)
}

async function get(node: TestNode, path: string): Promise<RouteResponse> {
  const wanted = path.startsWith('/stream/') ? '/stream/*' : path
  const route = (await routes(node)).find((each) => each.path === wanted)
  if (!route) throw new Error(`nothing is served at ${path}`)
  return await route.handle({
    method: 'GET',
    path,
    params: {},
    query: new URLSearchParams(),
    headers: {},
    body: Readable.from([]),
    signal: new AbortController().signal,
  })
}

describePublisher('plugin-hls', {
  make: () => [hls()],
  read: async (node, { streamId, rendition, seq }) => {
    const { status, body } = await get(node, `/stream/${streamId}/${rendition}/${seq}.ts`)
    return status === 200 && body instanceof Uint8Array ? body : undefined
  },
})

test('serves on the public listener alone', async () => {
  await using node = await createTestNode(hls())
  expect((await routes(node)).map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/stream/*', '/streams.json', '/', '/play/:id', '/assets/hls.min.js']),
  )
  expect(await routes(node, 'control')).toEqual([])
})

test('serves neither page nor list of streams when told so', async () => {
  await using node = await createTestNode(hls({ page: false }))
  expect((await routes(node)).map(({ path }) => path)).toEqual(['/stream/*'])
})

test('asks the node’s prober what a rendition is', async () => {
  const info = aMediaInfo({ video: aVideoInfo({ width: 638, height: 358 }) })
  const prober = pluginFor('prober', (node) => {
    node.on.segment.prober(() => ({
      probe: () => Promise.resolve(info),
      measure: () => Promise.reject(new Error('not asked for')),
    }))
  })
  await using node = await createTestNode(prober, hls())
  const [publisher] = await node.run.publish.open(aStream())
  await publisher?.publish(aPublishedSegment())
  const { body } = await get(node, '/stream/movie.m3u8')
  expect(readMaster(body as string).map(({ resolution }) => resolution)).toEqual(['1280x720', '638x358', '638x358'])
})

test('passes reports on to the list of streams and to the status', async () => {
  await using node = await createTestNode(hls())
  await node.run.publish.open(aStream())
  node.run.segment.reported(aSegmentReport({ latencyMs: 123 }))
  const { body } = await get(node, '/streams.json')
  expect(JSON.parse(body as string).streams).toMatchObject([{ id: 'movie', reports: [{ latencyMs: 123 }] }])
  const sections = await node.run.lifecycle.status()
  expect(sections.find(({ name }) => name === 'hls')?.data).toMatchObject({ streams: [{ id: 'movie' }] })
})

test('keeps an ended stream for as long as it is told', async () => {
  const clock = new FakeClock()
  await using node = await createTestNodeWith({ plugins: [hls({ keepEndedMs: 5000 })], clock })
  const [publisher] = await node.run.publish.open(aStream())
  await publisher?.publish(aPublishedSegment())
  await publisher?.end('ended')
  expect((await get(node, '/stream/movie/source.m3u8')).body).toContain('#EXT-X-ENDLIST')
  await clock.advance(5000)
  expect((await get(node, '/stream/movie.m3u8')).status).toBe(404)
})

test('a node that drains keeps the end of a stream up for one segment’s length', async () => {
  const clock = new FakeClock()
  await using node = await createTestNodeWith({ plugins: [hls({ segmentMs: 2000 })], clock })
  const [publisher] = await node.run.publish.open(aStream({ id: 'movie' }))
  await publisher?.publish(aPublishedSegment({ streamId: 'movie', seq: 0 }))
  await publisher?.end('drained')

  let drained = false
  const drain = async (): Promise<void> => {
    await node.drain(new AbortController().signal)
    drained = true
  }
  const draining = drain()
  await clock.whenWaiting(1)
  expect((await get(node, '/stream/movie/source.m3u8')).body).toContain('#EXT-X-ENDLIST')
  await clock.advance(1999)
  expect(drained).toBe(false)
  await clock.advance(1)
  await draining
})

test('a node that drains does not wait for a stream that ended before', async () => {
  const clock = new FakeClock()
  await using node = await createTestNodeWith({ plugins: [hls({ segmentMs: 2000 })], clock })
  const [publisher] = await node.run.publish.open(aStream({ id: 'movie' }))
  await publisher?.end('ended')
  await clock.advance(2000)
  await node.drain(new AbortController().signal)
  expect(node.state).toBe('draining')
})
