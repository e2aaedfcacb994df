import type { CallInput, CallName, CallOutput, RequestMessage, WorkerMessage, WorkerProtocol } from './protocol.ts'
import { packError, PING } from './protocol.ts'

const BEAT_EVERY_MS = 250
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How a worker answers its calls. A handler may block; it then calls `host.beat()` now and again. */
export type WorkerHandlers<P extends WorkerProtocol> = {
  readonly [N in CallName<P>]: (input: CallInput<P, N>) => CallOutput<P, N> | Promise<CallOutput<P, N>>
}

/** The worker's line to its parent. */
export interface WorkerHost {
  /** "Still working": cheap, call it between frames. Ends the process when the parent is gone. */
  readonly beat: () => void
}

/**
 * Makes this process a worker; call it once, at the end of the entry file. It lives as long as its parent: open I/O
 * contexts would keep it alive for ever, so it ends by `process.exit`.
 */
export function serveWorker<P extends WorkerProtocol>(handlers: (host: WorkerHost) => WorkerHandlers<P>): void {
  const parent = process.ppid
  let lastBeat = 0
  const beat = (): void => {
    const now = performance.now()
    if (now - lastBeat < BEAT_EVERY_MS) return
    lastBeat = now
    // The end of the channel is noticed only between calls; a changed parent also within one.
    if (process.ppid !== parent) process.exit(0)
    send({ type: 'beat' })
  }
  const answers = handlers({ beat })
  process.on('message', (message: RequestMessage) => void answer<P>(answers, message))
  process.on('disconnect', () => process.exit(0))
  // A Ctrl-C goes to the whole process group: the parent decides when a worker ends.
  for (const signal of SIGNALS) process.on(signal, () => {})
  setInterval(beat, BEAT_EVERY_MS)
  send({ type: 'ready' })
}

async function answer<P extends WorkerProtocol>(handlers: WorkerHandlers<P>, message: RequestMessage): Promise<void> {
  try {
    if (message.call === PING) return send({ type: 'result', id: message.id, output: undefined })
    const handler = handlers[message.call]
    if (!handler) throw new Error(`This worker knows no call "${message.call}".`)
    const output = await handler(message.input)
    send({ type: 'result', id: message.id, output })
  } catch (error) {
    send({ type: 'failure', id: message.id, error: packError(error) })
  }
}

function send(message: WorkerMessage): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) process.exit(0) // the parent is gone
  })
}
