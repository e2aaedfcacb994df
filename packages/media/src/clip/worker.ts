import { logWarningsOnly } from '../native/log.ts'
import { serveWorker } from '../supervisor/worker-host.ts'
import { generate } from './generate.ts'
import { inspectMedia } from './inspect.ts'
import { split } from './split.ts'
import type { ClipProtocol } from './types.ts'

logWarningsOnly()
serveWorker<ClipProtocol>((host) => ({
  generate: (options) => generate(options, host.beat),
  split: (options) => split(options, host.beat),
  inspect: (bytes) => inspectMedia(bytes, host.beat),
}))
