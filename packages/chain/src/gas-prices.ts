import type { Clock } from '@livepeer-node/sdk'
import type { JsonRpcApiProvider } from 'ethers'

const FRESH_MS = 5000

export interface GasPricesInit {
  readonly provider: JsonRpcApiProvider
  readonly clock: Clock
  /** Wei per gas; what is below is not believed (payments.md E3). */
  readonly minimum: bigint
  /** Default 5000. */
  readonly freshMs?: number
}

/** The price of gas as the chain says it, asked every few seconds at most; when the chain does not answer, the last one. */
export class GasPrices {
  readonly #init: GasPricesInit
  #price: bigint | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #asking: Promise<bigint> | undefined

  constructor(init: GasPricesInit) {
    this.#init = init
  }

  /** The last known price, wei per gas; `undefined` before the first. */
  get last(): bigint | undefined {
    return this.#price
  }

  /** Rejects only when there never was one. */
  async current(): Promise<bigint> {
    const { clock, freshMs = FRESH_MS } = this.#init
    const isFresh = clock.monotonic() - this.#askedAt < freshMs
    if (isFresh && this.#price !== undefined) return this.#price
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    try {
      return await this.#asking
    } catch (error) {
      if (this.#price === undefined) throw error
      return this.#price
    }
  }

  async #ask(): Promise<bigint> {
    const { provider, clock, minimum } = this.#init
    const seen = BigInt(String(await provider.send('eth_gasPrice', [])))
    this.#askedAt = clock.monotonic()
    // One that is too low is an endpoint's mistake: the one before is the better guess.
    if (seen >= minimum) this.#price = seen
    this.#price ??= minimum
    return this.#price
  }
}
