import { LivepeerError, type LivepeerErrorInit, toLivepeerError } from '@livepeer-node/sdk'

/** What a worker can be asked. Values cross by structured clone: plain data and bytes. */
export interface WorkerProtocol {
  readonly calls: Readonly<Record<string, { readonly in: unknown; readonly out: unknown }>>
}

export type CallName<P extends WorkerProtocol> = keyof P['calls'] & string
export type CallInput<P extends WorkerProtocol, N extends CallName<P>> = P['calls'][N]['in']
export type CallOutput<P extends WorkerProtocol, N extends CallName<P>> = P['calls'][N]['out']

/** A call that every worker answers. */
export const PING = 'ping'

/** Parent to worker. */
export interface RequestMessage {
  readonly id: number
  readonly call: string
  readonly input: unknown
}

/** Worker to parent. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'beat' }
  | { readonly type: 'result'; readonly id: number; readonly output: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: LivepeerErrorInit }

/** An error as plain data: its cause becomes a text. */
export function packError(thrown: unknown): LivepeerErrorInit {
  const error = toLivepeerError(thrown)
  const { cause: _, ...data } = error.toJSON()
  const cause = error.cause instanceof Error && { cause: error.cause.stack ?? error.cause.message }
  return { ...(data as unknown as LivepeerErrorInit), ...cause }
}

/** The error again, with the worker's last log lines as its cause where it has none of its own. */
export function unpackError(packed: LivepeerErrorInit, logLines: readonly string[]): LivepeerError {
  const lines = [...(typeof packed.cause === 'string' ? [packed.cause] : []), ...logLines]
  return new LivepeerError({ ...packed, cause: lines.length > 0 ? new Error(lines.join('\n')) : undefined })
}
