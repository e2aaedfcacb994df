import { definePlugin } from '@livepeer-node/sdk'
import { LiveStreams } from './live-streams.ts'
import { options } from './options.ts'
import { pageRoutes } from './page.ts'
import { listRoute, streamRoute } from './routes.ts'

export type { StreamState, StreamSummary } from './live-streams.ts'
export type { Variant } from './playlist.ts'

/** Shows streams as live HLS, with a page that plays them. */
export default definePlugin({
  name: '@livepeer-node/plugin-hls',
  kernel: '^0.1.0',
  provides: ['publisher'],
  runs: ['segment'],
  roles: ['broadcaster'],
  options,
  async apply(node, settings) {
    const { window, spare, maxStreamBytes, segmentMs, maxGaps, keepEndedMs } = settings
    const streams = new LiveStreams({
      settings: { listed: window, spare, maxBytes: maxStreamBytes, segmentMs, maxGaps },
      keepEndedMs,
      peers: {
        clock: node.clock,
        log: node.log,
        probe: (bytes) => node.run.segment.prober()?.probe(bytes),
      },
    })
    const page = settings.page ? await pageRoutes() : []
    const list = settings.page ? [listRoute(streams, () => node.clock.now())] : []

    node.on.publish.open((stream) => [streams.open(stream)])
    node.on.segment.reported((report) => streams.report(report))
    node.on.http.routes((listener) => (listener === 'public' ? [streamRoute(streams), ...list, ...page] : []))
    node.on.lifecycle.status(() => [{ name: 'hls', data: { streams: streams.list() } }])
    // After the broadcaster: the last segments are listed by now, and players come back for them.
    node.on.lifecycle.draining((deadline) => streams.shownToTheEnd(deadline), { stage: 'fallback' })
    node.defer(() => streams.close())
  },
})
