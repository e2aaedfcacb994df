import { recordedLog } from '@livepeer-node/test-kit'
import { WorkerProcess } from '../../src/supervisor/worker-process.ts'
import type { EchoProtocol } from './echo-worker.ts'

/** A parent that is killed by the test: prints its worker's process id, and leaves it idle or busy for a minute. */
const worker = new WorkerProcess<EchoProtocol>({
  entry: new URL('./echo-worker.ts', import.meta.url),
  name: 'echo',
  log: recordedLog([]),
})
await worker.ready
if (process.argv[2] === 'busy') void worker.call('block', { ms: 60_000, beating: true })
process.stdout.write(`${worker.pid}\n`)
setInterval(() => {}, 1000)
