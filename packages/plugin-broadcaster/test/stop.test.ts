import { LivepeerError } from '@livepeer-node/sdk'
import { aPublishRequest, pluginFor, stopContract } from '@livepeer-node/test-kit'
import broadcaster from '../src/index.ts'

const segmenter = () =>
  pluginFor('segmenter', (node) =>
    node.on.segment.open(() => ({
      write: () => true,
      ready: () => Promise.resolve(),
      end: () => Promise.resolve(),
      abort: () => Promise.reject(new LivepeerError({ code: 'LP_TEST', kind: 'bug', message: 'Too late.' })),
    })),
  )

// Nobody listens there: the search for an orchestrator is under way when the node stops.
stopContract({
  make: () => [segmenter(), broadcaster({ orchAddr: '127.0.0.1:1' })],
  use: async (node) => {
    await node.run.ingest.publish(aPublishRequest())
  },
})
