import broadcaster from '@livepeer-node/plugin-broadcaster'
import cpuX264 from '@livepeer-node/plugin-cpu-x264'
import hls from '@livepeer-node/plugin-hls'
import http from '@livepeer-node/plugin-http'
import metrics from '@livepeer-node/plugin-metrics'
import nvenc from '@livepeer-node/plugin-nvenc'
import orchestrator from '@livepeer-node/plugin-orchestrator'
import pattern from '@livepeer-node/plugin-pattern'
import rtmp from '@livepeer-node/plugin-rtmp'
import segmenter from '@livepeer-node/plugin-segmenter'
import transcoder from '@livepeer-node/plugin-transcoder'
import { defineConfig } from '@livepeer-node/sdk'

/** What `npm start` runs: all three roles in one process, off chain, with a test picture that it publishes to itself. */
export default defineConfig({
  plugins: [
    // Players watch on 127.0.0.1:9935, the operator asks on 127.0.0.1:5935.
    http(),
    // For Prometheus: http://127.0.0.1:5935/metrics.
    metrics(),
    hls(),
    // Publishers push to rtmp://127.0.0.1:1935.
    rtmp(),
    segmenter(),
    broadcaster(),
    // Broadcasters, the one above included, send segments to 127.0.0.1:8935; as many streams at once as the backends have slots.
    orchestrator({ maxSessions: 'auto' }),
    transcoder(),
    // The card takes a stream if there is one and it has room; the processor takes the rest.
    nvenc(),
    // Fast enough for a laptop; a node that sells quality leaves the preset at `medium`.
    cpuX264({ preset: 'veryfast' }),
    pattern(),
  ],
})
