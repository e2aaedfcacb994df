import type { Clock, Logger } from '@livepeer-node/sdk'
import { chainIdWrong } from '../errors.ts'
import { type Endpoint, failureText, type RpcAnswer } from './endpoint.ts'

const FIRST_LOOK_MS = 1000
const LAST_LOOK_MS = 60_000
/** Code of JSON-RPC servers for a client that asks too much. */
const LIMIT_EXCEEDED = -32_005

export interface HealthInit {
  readonly endpoint: Endpoint
  readonly chainId: bigint
  readonly clock: Clock
  readonly log: Logger
}

/** One endpoint, and whether it is worth asking. A sick one is looked at again after 1 s, then ever more seldom, up to 60 s. */
export class EndpointHealth {
  readonly #init: HealthInit
  /** Known to serve the right chain. */
  #known = false
  #isWrong = false
  #isSick = false
  #looks = 0
  #stopLooking: (() => void) | undefined
  #isClosed = false
  /** Block that it could not get past while others could. */
  #stuckAt: bigint | undefined

  constructor(init: HealthInit) {
    this.#init = init
  }

  get name(): string {
    return this.#init.endpoint.name
  }

  get healthy(): boolean {
    return !this.#isWrong && !this.#isSick
  }

  /** The answer, or why there is none. */
  async ask(method: string, params: unknown): Promise<RpcAnswer | string> {
    if (this.#isWrong) return 'it serves another chain'
    try {
      if (!this.#known) await this.#checkChain()
      const answer = await this.#init.endpoint.request(method, params)
      if (isOverload(method, answer)) throw new Error(answer.error?.message ?? 'too many requests')
      if (this.#stuckAt === undefined) this.#recover()
      return answer
    } catch (error) {
      const why = failureText(error)
      this.#fall(why)
      return why
    }
  }

  /** It answers, but its latest block stays this one while others go on. It is not well again before it has a later one. */
  stall(block: bigint): void {
    this.#stuckAt = block
    this.#fall(`its latest block stays ${block} while others go on`)
  }

  close(): void {
    this.#isClosed = true
    this.#stopLooking?.()
    this.#init.endpoint.close()
  }

  async #checkChain(): Promise<void> {
    const { endpoint, chainId, log } = this.#init
    const served = BigInt(String((await endpoint.request('eth_chainId', [])).result))
    if (served === chainId) {
      this.#known = true
      return
    }
    this.#isWrong = true
    const error = chainIdWrong(endpoint.name, served, chainId)
    log.error(`${error.message} It is not used.`, { code: error.code, endpoint: endpoint.name })
    throw error
  }

  #fall(why: string): void {
    if (this.#isClosed || this.#isWrong || this.#stopLooking) return
    const { clock, log } = this.#init
    const ms = Math.min(FIRST_LOOK_MS * 2 ** this.#looks, LAST_LOOK_MS)
    if (!this.#isSick) {
      log.warn('An Ethereum endpoint does not answer; it is not asked first until it does.', {
        code: 'LP_CHAIN_ENDPOINT_DOWN',
        endpoint: this.name,
        reason: why,
      })
    }
    this.#isSick = true
    this.#looks++
    this.#stopLooking = clock.after(ms, () => void this.#look())
  }

  #recover(): void {
    if (!this.#isSick) return
    this.#stopLooking?.()
    this.#stopLooking = undefined
    this.#isSick = false
    this.#looks = 0
    this.#init.log.info('An Ethereum endpoint answers again.', { endpoint: this.name })
  }

  async #look(): Promise<void> {
    this.#stopLooking = undefined
    // It may be another server by now.
    this.#known = false
    const answer = await this.ask('eth_blockNumber', [])
    if (this.#stuckAt === undefined || typeof answer === 'string') return
    if (BigInt(String(answer.result)) <= this.#stuckAt) this.#fall('its latest block is still the same')
    else {
      this.#stuckAt = undefined
      this.#recover()
    }
  }
}

/** Is the endpoint too busy? "Too many results" of a search for logs is not meant: the search can be made smaller. */
function isOverload(method: string, { error }: RpcAnswer): boolean {
  if (!error) return false
  return error.code === 429 || (method !== 'eth_getLogs' && error.code === LIMIT_EXCEEDED)
}
