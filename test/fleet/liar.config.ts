import cpuX264 from '@livepeer-node/plugin-cpu-x264'
import http from '@livepeer-node/plugin-http'
import transcoder from '@livepeer-node/plugin-transcoder'
import { defineConfig } from '@livepeer-node/sdk'
import { type Spoil, spoilResults } from '@livepeer-node/test-kit/faults'

/** A transcoder whose results are wrong after the first ones: LIAR_SPOIL says how, LIAR_AFTER after how many. */
export default defineConfig({
  plugins: [
    http({ httpAddr: false }),
    transcoder(),
    spoilResults(cpuX264(), process.env['LIAR_SPOIL'] as Spoil, { after: Number(process.env['LIAR_AFTER']) }),
  ],
})
