import { LivepeerError } from '@livepeer-node/sdk'
import { serveWorker } from '../../src/supervisor/worker-host.ts'

export type EchoProtocol = {
  calls: {
    echo: { in: unknown; out: unknown }
    fail: { in: string; out: void }
    /** Blocks for so many ms, with or without a word now and again. */
    block: { in: { ms: number; beating: boolean }; out: void }
    exit: { in: number; out: void }
    environment: { in: string; out: string | undefined }
  }
}

serveWorker<EchoProtocol>((host) => ({
  echo: (value) => value,
  fail: (text) => {
    process.stderr.write('a log line of the call\n')
    throw new LivepeerError({ code: 'LP_TEST', kind: 'input', message: text, remedy: 'none', wireText: 'bare' })
  },
  block: ({ ms, beating }) => {
    const end = performance.now() + ms
    while (performance.now() < end) if (beating) host.beat()
  },
  exit: (code) => {
    process.stderr.write('first line\nlast words\n', () => process.exit(code))
    return new Promise<void>(() => {})
  },
  environment: (name) => process.env[name],
}))
