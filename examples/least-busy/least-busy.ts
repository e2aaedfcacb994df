import { definePlugin, type SessionView } from '@livepeer-node/sdk'
import { z } from 'zod'

/** Sends each segment to the session that has the fewest in flight, and of equally busy ones to the fastest. */
export default definePlugin({
  name: 'livepeer-plugin-least-busy',
  kernel: '^0.1.0',
  requires: ['broadcaster'],
  roles: ['broadcaster'],
  options: z.strictObject({
    maxInFlight: z.int().min(1).default(4).describe('With so many segments in flight a session gets no further one'),
  }),

  apply(node, { maxInFlight }) {
    node.on.session.select((sessions, { streamId }) => {
      const free = sessions.filter(({ segmentsInFlight }) => segmentsInFlight < maxInFlight)
      const [chosen] = free.toSorted((a, b) => a.segmentsInFlight - b.segmentsInFlight || score(a) - score(b))
      if (chosen)
        node.log.debug('least busy session takes the segment', { streamId, orchestrator: chosen.orchestrator })
      // Nobody is free: `undefined` leaves the question to the broadcaster's own strategy, which can make the stream wait.
      return chosen
    })
  },
})

/** A session that was never tried counts as fast, so that it gets its chance. */
function score({ latencyScore = 0 }: SessionView): number {
  return latencyScore
}
