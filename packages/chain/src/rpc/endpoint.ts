import type { Clock } from '@livepeer-node/sdk'

/** What came back for a request: one of the two. */
export interface RpcAnswer {
  readonly result?: unknown
  readonly error?: { readonly code?: number; readonly message?: string; readonly data?: unknown }
}

/** One place that speaks JSON-RPC. */
export interface Endpoint {
  /** For people: without path, query and password, which often hold a key. */
  readonly name: string
  /** Rejects when there was no answer, or something that is none; a refusal by the chain is an answer. */
  request(method: string, params: unknown): Promise<RpcAnswer>
  close(): void
}

/** How an endpoint is spoken to. */
export interface EndpointInit {
  /** For people, without secrets. */
  readonly name: string
  readonly url: string
  readonly clock: Clock
  /** ms until a request without an answer has failed. */
  readonly timeoutMs: number
}

/** Is it a JSON-RPC answer? */
export function isAnswer(value: unknown): value is RpcAnswer {
  if (typeof value !== 'object' || value === null) return false
  if ('error' in value && value.error) return typeof value.error === 'object'
  return 'result' in value
}

/** Why a request failed: Node says of what failed only that it did, and the reason in the cause. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause, message } = error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}
