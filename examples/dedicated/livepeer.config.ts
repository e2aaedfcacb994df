import http from '@livepeer-node/plugin-http'
import metrics from '@livepeer-node/plugin-metrics'
import orchestrator from '@livepeer-node/plugin-orchestrator'
import { defineConfig } from '@livepeer-node/sdk'
import dedicated from './dedicated.ts'

/** An orchestrator that keeps one stream on two transcoders: those with the tokens `paris-1` and `paris-2`. */
export default defineConfig({
  plugins: [
    http({ httpAddr: false, cliAddr: '127.0.0.1:7935' }),
    metrics({ nodeType: 'orch' }),
    orchestrator({ serviceAddr: '127.0.0.1:8935' }),
    dedicated({ streams: { derby: ['paris-1', 'paris-2'] } }),
  ],
})
