import transcoder from '@livepeer-node/plugin-transcoder'
import { defineConfig } from '@livepeer-node/sdk'
import { nullBackend } from './null-transcoder.ts'

const { BENCH_RENDITION_BYTES = '0', BENCH_DELAY_MS = '0' } = process.env

/** A transcoder that attaches and does nothing with what it fetches; `--orch-addr` says to whom, LP_ORCH_SECRET with what. */
export default defineConfig({
  plugins: [
    transcoder({ maxSessions: 100 }),
    nullBackend({ renditionBytes: Number(BENCH_RENDITION_BYTES), delayMs: Number(BENCH_DELAY_MS) }),
  ],
})
