import type { Clock, Logger } from '@livepeer-node/sdk'
import { JsonRpcApiProvider, type JsonRpcError, type JsonRpcPayload, type JsonRpcResult, Network } from 'ethers'
import { chainUnreachable } from '../errors.ts'
import { EndpointHealth, type HealthInit } from './endpoint-health.ts'
import type { Endpoint, RpcAnswer } from './endpoint.ts'

/** The one request that changes something. */
const SEND = 'eth_sendRawTransaction'
const BEHIND = /header not found|unknown block|block not found|missing trie node|out of ?range/i

export interface FailoverInit {
  /** The preferred one first. */
  readonly endpoints: readonly Endpoint[]
  readonly chainId: bigint
  readonly clock: Clock
  readonly log: Logger
}

/**
 * The chain through whichever endpoint answers: the first in the list that is well. A request that one leaves unanswered is
 * asked of the next, within the same call. All of ethers works on it.
 */
export class FailoverProvider extends JsonRpcApiProvider {
  readonly #endpoints: readonly EndpointHealth[]

  constructor({ endpoints, chainId, clock, log }: FailoverInit) {
    // What ethers does for public chains by itself, asking for the network again and remembering answers, hides the truth.
    super(Number(chainId), { staticNetwork: Network.from(chainId), cacheTimeout: -1, batchMaxCount: 1 })
    const health: Omit<HealthInit, 'endpoint'> = { chainId, clock, log }
    this.#endpoints = endpoints.map((endpoint) => new EndpointHealth({ ...health, endpoint }))
    // oxlint-disable-next-line no-underscore-dangle -- what ethers calls it
    this._start()
  }

  /** Each endpoint, in order of preference, and whether it answers. */
  get endpoints(): readonly { readonly name: string; readonly healthy: boolean }[] {
    return this.#endpoints.map(({ name, healthy }) => ({ name, healthy }))
  }

  /** The latest block has long been this one: endpoints that stay there while others go on are not asked first any more. */
  async findStalled(block: bigint): Promise<void> {
    const healthy = this.#endpoints.filter((endpoint) => endpoint.healthy)
    if (healthy.length < 2) return
    const latest = await Promise.all(healthy.map((endpoint) => endpoint.ask('eth_blockNumber', [])))
    const stalled = healthy.filter((_, i) => !isPast(latest[i], block))
    // All at the same block: it is the chain that stands still.
    if (stalled.length < healthy.length) for (const endpoint of stalled) endpoint.stall(block)
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const payloads = Array.isArray(payload) ? payload : [payload]
    return Promise.all(
      payloads.map(async ({ id, method, params }) => {
        const { result, error } = await this.#ask(method, params)
        if (!error) return { id, result }
        const { code = 0, message = '', data } = error
        return { id, error: { code, message, data } }
      }),
    )
  }

  override destroy(): void {
    for (const endpoint of this.#endpoints) endpoint.close()
    super.destroy()
  }

  async #ask(method: string, params: unknown): Promise<RpcAnswer> {
    const failures: string[] = []
    let behind: RpcAnswer | undefined
    // The sick ones come last: when nobody is well, trying is better than giving up.
    const order = this.#endpoints.toSorted((a, b) => Number(b.healthy) - Number(a.healthy))
    for (const endpoint of order) {
      const answer = await endpoint.ask(method, params)
      // Another one may have taken it, and only its answer was lost: no refusal counts then.
      if (method === SEND && failures.length > 0 && isRefusal(answer)) {
        throw chainUnreachable(method, [...failures, `${endpoint.name}: ${answer.error.message}`])
      }
      if (typeof answer !== 'string' && !isBehind(answer)) return answer
      if (typeof answer !== 'string') behind ??= answer
      else failures.push(`${endpoint.name}: ${answer}`)
    }
    if (behind) return behind
    throw chainUnreachable(method, failures)
  }
}

function isRefusal(answer: RpcAnswer | string): answer is RpcAnswer & { error: object } {
  return typeof answer !== 'string' && answer.error !== undefined
}

/** The endpoint has not seen a block yet that another one has, or no longer has its state. */
function isBehind({ error }: RpcAnswer): boolean {
  return BEHIND.test(error?.message ?? '')
}

function isPast(answer: RpcAnswer | string | undefined, block: bigint): boolean {
  return typeof answer === 'object' && typeof answer.result === 'string' && BigInt(answer.result) > block
}
