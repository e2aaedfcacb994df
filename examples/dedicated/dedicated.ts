import { definePlugin } from '@livepeer-node/sdk'
import { z } from 'zod'

/** Gives a stream to the transcoders that were set apart for it, as long as one of them has room. */
export default definePlugin({
  name: 'livepeer-plugin-dedicated',
  kernel: '^0.1.0',
  requires: ['orchestrator'],
  roles: ['orchestrator'],
  options: z.strictObject({
    streams: z.record(z.string(), z.array(z.string())).describe('By stream, the names of its transcoders'),
  }),

  apply(node, { streams }) {
    node.on.worker.dispatch((workers, { streamId, reason }) => {
      const names = streams[streamId]
      if (!names) return undefined
      const own = workers.filter(({ name }) => names.includes(name))
      const [soonest] = own.toSorted((a, b) => a.predictedMs - b.predictedMs)
      // `undefined` leaves the choice to the orchestrator: a stranger's transcoder is better than a lost segment.
      if (!soonest) node.log.warn('none of its transcoders has room', { streamId, names, reason })
      return soonest
    })
  },
})
