import { ProbeEngine, SegmentEngine } from '@livepeer-node/media'
import { definePlugin } from '@livepeer-node/sdk'
import { cannotStart } from './errors.ts'
import { options } from './options.ts'

/** Cuts published streams into MPEG-TS segments, and looks into media for others. */
export default definePlugin({
  name: '@livepeer-node/plugin-segmenter',
  kernel: '^0.1.0',
  provides: ['segmenter', 'prober'],
  roles: ['broadcaster'],
  options,
  apply(node, { segmentMs, keyframeLimitMs, maxSegmentBytes, streamsPerSegmentWorker }) {
    const parts = { log: node.log, clock: node.clock }
    const segmenter = new SegmentEngine({ ...parts, streamsPerWorker: streamsPerSegmentWorker })
    node.defer(() => segmenter.close())
    const prober = new ProbeEngine(parts)
    node.defer(() => prober.close())

    const cut = { targetMs: segmentMs, keyframeLimitMs, maxSegmentBytes }
    // "fallback": another plugin that cuts or probes is asked first.
    node.on.segment.open(
      (stream, sink) => {
        // Somebody will want to look into the first renditions. A worker that does not start says so by itself.
        prober.prewarm().catch(() => undefined)
        return segmenter.open(stream.id, sink, cut)
      },
      { stage: 'fallback' },
    )
    node.on.segment.prober(() => prober, { stage: 'fallback' })
    node.on.lifecycle.preflight(async () => {
      try {
        await segmenter.prewarm()
        return []
      } catch (thrown) {
        return [cannotStart(thrown)]
      }
    })
    node.on.lifecycle.status(() => [
      {
        name: 'segmenter',
        data: { streams: segmenter.streams, workers: segmenter.pids.length, prober: prober.pid !== undefined },
      },
    ])
  },
})
