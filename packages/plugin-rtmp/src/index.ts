import { definePlugin } from '@livepeer-node/sdk'
import { parseAddress } from '@livepeer-node/protocol'
import { noBroadcaster } from './errors.ts'
import { RtmpListener } from './listener.ts'
import { options, RTMP_DEFAULT } from './options.ts'

/** RTMP ingest: encoders push here, the broadcaster takes their packets. */
export default definePlugin({
  name: '@livepeer-node/plugin-rtmp',
  kernel: '^0.1.0',
  provides: ['ingest:rtmp'],
  runs: ['ingest'],
  roles: ['broadcaster'],
  options,
  async apply(node, { rtmpAddr, maxConnections, ...limits }) {
    const listener = new RtmpListener({
      publish: async (request) => {
        await node.ready
        const publication = await node.run.ingest.publish(request)
        if (!publication) throw noBroadcaster()
        return publication
      },
      limits,
      maxConnections,
      clock: node.clock,
      log: node.log,
    })
    await listener.listen(parseAddress(rtmpAddr, RTMP_DEFAULT))
    node.defer(() => listener.close())
    node.on.lifecycle.draining(() => listener.drain(), { stage: 'first' })
    node.on.lifecycle.endpoints(() => [
      { name: 'rtmp', url: listener.url, purpose: 'push a stream here: add /NAME or /NAME/KEY' },
    ])
    node.on.lifecycle.status(() => [{ name: 'rtmp', data: { connections: listener.connections } }])
  },
})
