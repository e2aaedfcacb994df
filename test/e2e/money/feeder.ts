import { readFileSync } from 'node:fs'
import { definePlugin, type MediaInfo, type PacketSink, type SegmentSink } from '@livepeer-node/sdk'
import { z } from 'zod'

const DURATION_MS = 2000

/** In no way a picture of the clip; nobody looks closer at a source. */
const SOURCE: MediaInfo = {
  format: 'mpegts',
  durationMs: DURATION_MS,
  video: {
    codec: 'h264',
    codecString: 'avc1.42c01e',
    width: 256,
    height: 144,
    fps: { num: 10, den: 1 },
    pixelFormat: 'yuv420p',
  },
  audio: undefined,
}

/** Publishes one clip again and again, each time when the time before is through: as fast as the node can, and no faster. */
export default definePlugin({
  name: 'feeder',
  kernel: '^0.1.0',
  provides: ['segmenter'],
  runs: ['ingest'],
  roles: ['broadcaster'],
  options: z.strictObject({
    clip: z.string().describe('Two seconds of MPEG-TS'),
    segments: z.coerce.number().int().describe('How often'),
  }),

  apply(node, { clip, segments }) {
    const bytes = readFileSync(clip)
    const reported: string[][] = []
    let sink: SegmentSink | undefined
    const next = (streamId: string) => {
      const seq = reported.length
      if (seq >= segments) return
      const place = { streamId, seq, durationMs: DURATION_MS, discontinuity: seq > 0 }
      sink?.segment({ ...place, bytes, format: 'mpegts', keyed: true, probe: SOURCE })
    }
    node.on.segment.open((stream, into) => {
      sink = into
      queueMicrotask(() => next(stream.id))
      return nothing
    })
    node.on.segment.reported(({ streamId, missing }) => {
      reported.push([...missing])
      next(streamId)
    })
    node.on.lifecycle.status(() => [
      { name: 'feeder', data: { reported: reported.length, missing: reported.filter((it) => it.length > 0).length } },
    ])
    node.on.lifecycle.ready(() => {
      const request = {
        protocol: 'feeder',
        url: 'feeder://x',
        playbackId: 'paid',
        streamKey: undefined,
        remote: 'here',
      }
      // Not waited for: it needs the node to be ready.
      node.ready
        .then(() => node.run.ingest.publish(request))
        .catch((error: unknown) => node.log.error('the feeder may not publish', { error: String(error) }))
    })
  },
})

/** No packets come. */
const nothing: PacketSink = {
  write: () => true,
  ready: () => Promise.resolve(),
  end: () => Promise.resolve(),
  abort: () => Promise.resolve(),
}
