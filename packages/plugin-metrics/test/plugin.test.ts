import type { Metric } from '@livepeer-node/sdk'
import { aSegmentReport, aWorkerReport, createTestNode, pluginFor, type TestNode } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import metrics from '../src/index.ts'

/** What a scrape gets. */
async function scrape(
  node: TestNode,
): Promise<{ readonly type: string | undefined; readonly lines: readonly string[] }> {
  const [route] = await node.run.http.routes('control')
  const answer = await route?.handle({
    method: 'GET',
    path: '/metrics',
    params: {},
    query: new URLSearchParams(),
    headers: {},
    body: process.stdin,
    signal: new AbortController().signal,
  })
  return {
    type: answer?.headers?.['content-type'],
    lines: typeof answer?.body === 'string' ? answer.body.split('\n') : [],
  }
}

const counting = (...counted: readonly Metric[]) =>
  pluginFor('counting', (node) => node.on.lifecycle.metrics(() => counted))

const gauge = (over: Partial<Metric> = {}): Metric => ({
  name: 'livepeer_test',
  help: 'A test',
  type: 'gauge',
  value: 3,
  ...over,
})

/** Without what differs from machine to machine. */
const plain = metrics({ nodeId: 'n', processMetrics: false })

describe('/metrics', () => {
  it('is served to the operator alone', async () => {
    await using node = await createTestNode(plain)
    expect(await node.run.http.routes('public')).toEqual([])
    expect(await node.run.http.routes('control')).toMatchObject([{ method: 'GET', path: '/metrics' }])
    expect((await scrape(node)).type).toMatch(/^text\/plain; version=0\.0\.4/)
  })

  it('shows what plugins count, each series with the node’s labels', async () => {
    const series = (gpu: string, value: number) =>
      gauge({ name: 'livepeer_gpu', labels: { gpu, model: 'a "b"\n' }, value })
    const done = gauge({ name: 'livepeer_done_total', type: 'counter', value: 7 })
    await using node = await createTestNode(
      metrics({ nodeId: 'n', nodeType: 'orch', processMetrics: false }),
      counting(series('0', 1), series('1', 0.5), done),
    )
    const { lines } = await scrape(node)
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE livepeer_gpu gauge',
        'livepeer_gpu{gpu="0",model="a \\"b\\"\\n",node_id="n",node_type="orch"} 1',
        'livepeer_gpu{gpu="1",model="a \\"b\\"\\n",node_id="n",node_type="orch"} 0.5',
        '# TYPE livepeer_done_total counter',
        'livepeer_done_total{node_id="n",node_type="orch"} 7',
      ]),
    )
  })

  it('asks anew at each scrape: a counter is not added up', async () => {
    await using node = await createTestNode(plain, counting(gauge({ name: 'livepeer_n_total', type: 'counter' })))
    await scrape(node)
    expect((await scrape(node)).lines).toContain('livepeer_n_total{node_id="n"} 3')
  })

  it('tells what runs, as go-livepeer does', async () => {
    await using node = await createTestNode(plain)
    const line = `livepeer_versions{livepeerversion="0.0.0-test",compiler="node",goversion="${process.version}",goos="${process.platform}",node_id="n"} 1`
    expect((await scrape(node)).lines).toContain(line)
  })

  it('shows the process', async () => {
    await using node = await createTestNode(metrics())
    const { lines } = await scrape(node)
    const valueOf = (name: string): number => Number(lines.find((line) => line.startsWith(`${name}{`))?.split(' ')[1])
    expect(valueOf('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(valueOf('process_cpu_user_seconds_total')).toBeGreaterThan(0)
    expect(valueOf('nodejs_eventloop_lag_max_seconds')).toBeGreaterThanOrEqual(0)
  })
})

describe('a wrong metric', () => {
  it.each<[string, Metric]>([
    ['a name without the prefix', gauge({ name: 'test' })],
    ['a name with a space', gauge({ name: 'livepeer_a b' })],
    ['no help', gauge({ name: 'livepeer_x', help: '' })],
    ['no number', gauge({ name: 'livepeer_x', value: Number.NaN })],
    ['a negative counter', gauge({ name: 'livepeer_x', type: 'counter', value: -1 })],
    ['a label that is none', gauge({ name: 'livepeer_x', labels: { 'a-b': '1' } })],
    ['other labels than the first of its name', gauge({ labels: { card: '0' } })],
    ['another type than the first of its name', gauge({ type: 'counter' })],
    ['the same series again', gauge({ value: 4 })],
    ['a name of this plugin’s own', gauge({ name: 'livepeer_transcode_time_seconds' })],
  ])('is left out alone, and told once: %s', async (_, wrong) => {
    await using node = await createTestNode(plain, counting(gauge(), wrong))
    const { lines } = await scrape(node)
    await scrape(node)
    expect(lines.filter((line) => line.startsWith('livepeer_test'))).toEqual(['livepeer_test{node_id="n"} 3'])
    expect(lines.some((line) => line.startsWith('livepeer_x'))).toBe(false)
    expect(node.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { code: 'LP_METRIC_INVALID' } },
    ])
  })

  it('does not keep a plugin that fails from being left out alone', async () => {
    const failing = pluginFor('failing', (node) =>
      node.on.lifecycle.metrics(() => {
        throw new Error('broken')
      }),
    )
    await using node = await createTestNode(plain, failing, counting(gauge()))
    expect((await scrape(node)).lines).toContain('livepeer_test{node_id="n"} 3')
  })
})

describe('histograms', () => {
  it('count what transcoders deliver, and not what they fail', async () => {
    await using node = await createTestNode(plain)
    node.run.worker.reported(aWorkerReport({ elapsedMs: 500 }))
    node.run.worker.reported(aWorkerReport({ elapsedMs: 8000, code: 'LP_RESULT_LOST' }))
    const { lines } = await scrape(node)
    expect(lines).toEqual(
      expect.arrayContaining([
        'livepeer_transcode_time_seconds_bucket{le="0.25",node_id="n"} 0',
        'livepeer_transcode_time_seconds_bucket{le="0.5",node_id="n"} 1',
        'livepeer_transcode_time_seconds_count{node_id="n"} 1',
        'livepeer_transcode_score_sum{node_id="n"} 4',
      ]),
    )
  })

  it('count source segments, and the latency of those that are whole', async () => {
    await using node = await createTestNode(plain)
    const report = aSegmentReport({ latencyMs: 700 })
    node.run.segment.reported(report)
    node.run.segment.reported({ ...report, seq: 1, missing: ['720p'] })
    const { lines } = await scrape(node)
    expect(lines).toEqual(
      expect.arrayContaining([
        'livepeer_source_segment_duration_seconds_sum{node_id="n"} 4',
        'livepeer_transcode_overall_latency_seconds_sum{node_id="n"} 0.7',
        'livepeer_transcode_overall_latency_seconds_count{node_id="n"} 1',
      ]),
    )
  })
})
