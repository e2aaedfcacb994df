import transcoder from '@livepeer-node/plugin-transcoder'
import { defineConfig } from '@livepeer-node/sdk'
import { nullBackend } from './null-transcoder.ts'

/** A transcoder that attaches and does nothing with what it fetches; `--orch-addr` says to whom. */
export default defineConfig({
  plugins: [transcoder({ orchSecret: 'bench', maxSessions: 100 }), nullBackend()],
})
