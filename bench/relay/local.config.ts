import orchestrator from '@livepeer-node/plugin-orchestrator'
import { defineConfig } from '@livepeer-node/sdk'
import { nullTranscoder } from './null-transcoder.ts'

/** An orchestrator whose transcoder, in its own process, does nothing. */
export default defineConfig({
  plugins: [orchestrator({ serviceAddr: '127.0.0.1:0', maxSessions: 100 }), nullTranscoder()],
})
