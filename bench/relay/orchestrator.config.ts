import orchestrator from '@livepeer-node/plugin-orchestrator'
import { defineConfig } from '@livepeer-node/sdk'

/** An orchestrator that waits for transcoders. */
export default defineConfig({
  plugins: [orchestrator({ serviceAddr: '127.0.0.1:0', maxSessions: 100, orchSecret: 'bench' })],
})
