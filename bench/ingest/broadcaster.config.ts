import broadcaster from '@livepeer-node/plugin-broadcaster'
import hls from '@livepeer-node/plugin-hls'
import http from '@livepeer-node/plugin-http'
import rtmp from '@livepeer-node/plugin-rtmp'
import segmenter from '@livepeer-node/plugin-segmenter'
import { defineConfig, definePlugin } from '@livepeer-node/sdk'
import { z } from 'zod'

const ANY_PORT = '127.0.0.1:0'

const copyOnly = definePlugin({
  name: 'bench-copy-only',
  kernel: '^0.1.0',
  roles: ['broadcaster'],
  options: z.strictObject({}),
  apply(node) {
    node.on.ingest.plan(() => [])
  },
})

/** Streams in, the same streams out: an empty ladder. */
export default defineConfig({
  plugins: [
    http({ httpAddr: ANY_PORT, cliAddr: ANY_PORT }),
    hls(),
    rtmp({ rtmpAddr: ANY_PORT }),
    segmenter(),
    broadcaster({ maxSessions: 1000 }),
    copyOnly(),
  ],
})
