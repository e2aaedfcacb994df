import { generateClip } from '@livepeer-node/media'
import type { Segment } from '@livepeer-node/sdk'
import { aStream, createTestNode, describeSegmenter, flvPackets, pluginFor } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import segmenter from '../src/index.ts'

describeSegmenter('plugin-segmenter', { make: () => [segmenter()] })

const CLIP = { seconds: 4, width: 160, height: 90, fps: 25, gopMs: 1000, format: 'flv' } as const

it('takes the segment length from its options', async () => {
  await using node = await createTestNode(segmenter({ segmentMs: 1000 }))
  const segments: Segment[] = []
  const packets = node.run.segment.open(aStream(), {
    segment: (segment) => void segments.push(segment),
    failed: (error) => {
      throw error
    },
  })
  for (const packet of flvPackets(await generateClip(CLIP))) packets?.write(packet)
  await packets?.end()
  expect(segments.map(({ durationMs }) => durationMs)).toEqual([1000, 1000, 1000, 1000])
})

it('answers for probing and measuring', async () => {
  await using node = await createTestNode(segmenter())
  const prober = node.run.segment.prober()
  const clip = await generateClip({ ...CLIP, format: 'mpegts' })
  expect(await prober?.probe(clip)).toMatchObject({ video: { width: 160, height: 90 } })
  expect(await prober?.measure(clip)).toEqual({ frames: 100, pixels: 100 * 160 * 90 })
})

it('lets another plugin take its place', async () => {
  const mine = { probe: () => Promise.reject(new Error('mine')), measure: () => Promise.reject(new Error('mine')) }
  const other = pluginFor('other-prober', (node) => node.on.segment.prober(() => mine))
  await using node = await createTestNode(segmenter(), other)
  expect(node.run.segment.prober()).toBe(mine)
})

it('is warm when the node is ready, and says so', async () => {
  await using node = await createTestNode(segmenter())
  expect(await node.run.lifecycle.status()).toEqual([
    { name: 'segmenter', data: { streams: 0, workers: 1, prober: false } },
  ])
})

it('has its prober ready by the time the first segment of a stream is there', async () => {
  await using node = await createTestNode(segmenter())
  node.run.segment.open(aStream(), { segment: () => undefined, failed: () => undefined })
  expect(await node.run.lifecycle.status()).toMatchObject([{ data: { streams: 1, prober: true } }])
})
