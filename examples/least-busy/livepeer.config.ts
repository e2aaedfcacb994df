import broadcaster from '@livepeer-node/plugin-broadcaster'
import cpuX264 from '@livepeer-node/plugin-cpu-x264'
import hls from '@livepeer-node/plugin-hls'
import http from '@livepeer-node/plugin-http'
import orchestrator from '@livepeer-node/plugin-orchestrator'
import pattern from '@livepeer-node/plugin-pattern'
import rtmp from '@livepeer-node/plugin-rtmp'
import segmenter from '@livepeer-node/plugin-segmenter'
import transcoder from '@livepeer-node/plugin-transcoder'
import { defineConfig } from '@livepeer-node/sdk'
import leastBusy from './least-busy.ts'

/** All roles in one process, with one part swapped: who takes the next segment. */
export default defineConfig({
  plugins: [
    http(),
    hls(),
    rtmp(),
    segmenter(),
    broadcaster(),
    orchestrator(),
    transcoder(),
    cpuX264(),
    pattern(),
    leastBusy({ maxInFlight: 3 }),
  ],
})
