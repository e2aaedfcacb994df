/** ms until an endpoint that does not answer counts as failed. */
export const ANSWER_MS = 10_000

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

/** Is it a JSON-RPC answer? */
export function isAnswer(value: unknown): value is RpcAnswer {
  if (typeof value !== 'object' || value === null) return false
  if ('error' in value && value.error) return typeof value.error === 'object'
  return 'result' in value
}
