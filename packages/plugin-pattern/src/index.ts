import { PatternPublisher } from '@livepeer-node/media'
import { definePlugin } from '@livepeer-node/sdk'
import { options } from './options.ts'
import { Repeater } from './repeater.ts'

/** Publishes a generated stream to this node over real RTMP: something to watch before there is a publisher. */
export default definePlugin({
  name: '@livepeer-node/plugin-pattern',
  kernel: '^0.1.0',
  runs: ['lifecycle'],
  roles: ['broadcaster'],
  options,
  apply(node, { pattern, name, streamKey, url, ...picture }) {
    if (!pattern) return
    const key = streamKey === undefined ? '' : `/${node.secret(streamKey)}`
    let server = url
    const repeater = new Repeater({
      start: () => new PatternPublisher(`${server}/${name}${key}`, picture, { log: node.log, clock: node.clock }),
      clock: node.clock,
      log: node.log,
    })
    const begin = async (): Promise<void> => {
      await node.ready
      server ??= (await node.run.lifecycle.endpoints()).find((endpoint) => endpoint.name === 'rtmp')?.url
      if (server) repeater.start()
      else {
        node.log.warn('The test pattern has nowhere to go', {
          code: 'LP_PATTERN_NO_RTMP',
          remedy: 'Add @livepeer-node/plugin-rtmp to the plugins, or set url.',
        })
      }
    }
    node.on.lifecycle.ready(() => {
      // Not waited for: it needs the node to be ready, and that waits for this handler.
      begin().catch((error: unknown) => node.log.debug('The test pattern was not started', { why: String(error) }))
    })
    // Before the ingest ends it: the stream then has a proper end.
    node.on.lifecycle.draining(() => repeater.stop(), { stage: 'first' })
    node.defer(() => repeater.stop())
  },
})
