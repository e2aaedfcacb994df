import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json as readJson } from 'node:stream/consumers'
import { nodeRefused, noNode, noSuchRoute, type Refusal } from './errors.ts'

/** Where a node's control listener is. */
export type ControlTarget = { readonly socketPath: string } | { readonly host: string; readonly port: number }

/** What `/status` tells of a node; the rest is for people. */
export interface NodeStatus {
  readonly state: 'ready' | 'draining'
  readonly version: string
  readonly pid: number
  readonly draining?: { readonly forMs: number; readonly remainingMs: number | null }
  readonly work: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly sections: Readonly<Record<string, unknown>>
}

/** Talks to a running node through its control listener. Throws `LP_NODE_NOT_FOUND`, or what the node refused with. */
export class ControlClient {
  readonly #target: ControlTarget

  constructor(target: ControlTarget) {
    this.#target = target
  }

  /** For messages. */
  get where(): string {
    return 'socketPath' in this.#target ? this.#target.socketPath : `${this.#target.host}:${this.#target.port}`
  }

  status(signal?: AbortSignal): Promise<NodeStatus> {
    return this.ask<NodeStatus>('GET', '/status', { ...(signal && { signal }) })
  }

  /** The answer's JSON. Trusted to be what this path gives: both ends are of one version. */
  async ask<T>(
    method: string,
    path: string,
    { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
  ): Promise<T> {
    const response = await this.#send(method, path, { body, signal })
    const { statusCode = 0 } = response
    const answer: unknown = await readJson(response).catch(() => undefined) // an error page is no JSON
    if (statusCode < 300) return answer as T
    if (statusCode === 404 && !hasCode(answer)) throw noSuchRoute(path)
    throw nodeRefused(
      hasCode(answer) ? answer : { code: 'LP_NODE_CANNOT', message: `The node answered ${statusCode}.` },
    )
  }

  /** Resolves when nothing listens there any more, or when the signal aborts. */
  async gone(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isThere = await this.#send('GET', '/healthz', { body: undefined, signal }).then(
        (response) => response.resume(),
        () => undefined,
      )
      if (!isThere) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  async #send(method: string, path: string, { body, signal }: { body: unknown; signal: AbortSignal | undefined }) {
    // Not the name that led there: a node takes changes under no name that a web page could own.
    const headers = { 'content-type': 'application/json', host: 'localhost' }
    const call = request({ ...this.#target, method, path, headers, ...(signal && { signal }) })
    call.end(body === undefined ? '' : JSON.stringify(body))
    try {
      const [response] = (await once(call, 'response')) as [IncomingMessage]
      return response
    } catch (error) {
      throw noNode(this.where, 'Start the node, or give the --data-dir or --cli-addr that it was started with.', error)
    }
  }
}

function hasCode(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'code' in answer && typeof answer.code === 'string'
}
