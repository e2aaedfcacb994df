import http from '@livepeer-node/plugin-http'
import metrics from '@livepeer-node/plugin-metrics'
import orchestrator from '@livepeer-node/plugin-orchestrator'
import { defineConfig } from '@livepeer-node/sdk'

const { BENCH_CHECK_RESULTS } = process.env

/** An orchestrator that waits for transcoders, with all that an operator would have on. */
export default defineConfig({
  plugins: [
    http({ httpAddr: false, cliAddr: '127.0.0.1:0' }),
    metrics(),
    orchestrator({
      serviceAddr: '127.0.0.1:0',
      maxSessions: 100,
      orchSecret: 'bench',
      ...(BENCH_CHECK_RESULTS && { checkResults: Number(BENCH_CHECK_RESULTS) }),
    }),
  ],
})
