import http from '@livepeer-node/plugin-http'
import orchestrator from '@livepeer-node/plugin-orchestrator'
import rtmp from '@livepeer-node/plugin-rtmp'
import { defineConfig } from '@livepeer-node/sdk'
import config from '../../livepeer.config.ts'
import { nameOf } from './entries.ts'

const ANY_PORT = '127.0.0.1:0'
const replaced = [
  http({ httpAddr: ANY_PORT, cliAddr: ANY_PORT }),
  rtmp({ rtmpAddr: ANY_PORT }),
  orchestrator({ serviceAddr: ANY_PORT }),
]

/** What `npm start` runs, on ports of the system's choice. */
export default defineConfig({
  plugins: config.plugins.map((entry) => replaced.find((plugin) => nameOf(plugin) === nameOf(entry)) ?? entry),
})
