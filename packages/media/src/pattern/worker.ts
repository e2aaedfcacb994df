import { logWarningsOnly } from '../native/log.ts'
import { serveWorker } from '../supervisor/worker-host.ts'
import { LivePattern } from './live-pattern.ts'
import type { PatternProtocol } from './worker-protocol.ts'

logWarningsOnly()
serveWorker<PatternProtocol>(() => {
  let live: LivePattern | undefined
  return {
    async publish({ url, options }) {
      await using pattern = new LivePattern(url, options)
      live = pattern
      await pattern.run()
      return undefined
    },
    stop() {
      live?.stop()
      return undefined
    },
  }
})
