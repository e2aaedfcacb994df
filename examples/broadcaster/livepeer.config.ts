import broadcaster from '@livepeer-node/plugin-broadcaster'
import hls from '@livepeer-node/plugin-hls'
import http from '@livepeer-node/plugin-http'
import rtmp from '@livepeer-node/plugin-rtmp'
import segmenter from '@livepeer-node/plugin-segmenter'
import { defineConfig, secret } from '@livepeer-node/sdk'

export default defineConfig({
  drainTimeoutMs: 60_000,
  plugins: [
    http({ httpAddr: '0.0.0.0:9935' }),
    hls(),
    rtmp({ rtmpAddr: '0.0.0.0:1935' }),
    segmenter(),
    broadcaster({
      orchAddr: ['orch-1.example.org:8935', 'orch-2.example.org:8935'],
      transcodingOptions: 'P720p30fps16x9,P360p30fps16x9',
      maxSessions: 20,
      streamKeys: { mystream: secret('MYSTREAM_KEY') },
    }),
  ],
})
