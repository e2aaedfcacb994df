import type { Logger } from '@livepeer-node/sdk'
import type { ChainService, ServiceChain } from './chain.ts'

export interface UnlockWatchInit {
  readonly chain: ServiceChain
  /** The broadcaster, `0x…`. */
  readonly address: string
  readonly log: Logger
}

/** Warns a broadcaster, once in each round, that its deposit is being unlocked: orchestrators then refuse its tickets. */
export class UnlockWatch implements ChainService {
  readonly complaint = 'the deposit could not be looked at'
  readonly #init: UnlockWatchInit
  #checked = -1n

  constructor(init: UnlockWatchInit) {
    this.#init = init
  }

  async look(): Promise<void> {
    const { chain, address, log } = this.#init
    const { number } = await chain.round()
    if (number === this.#checked) return
    const { withdrawRound } = await chain.deposit(address)
    this.#checked = number
    if (withdrawRound === 0n) return
    // A ticket has to be good in its own round and the next (payments.md A7.2).
    const isRefused = withdrawRound <= number + 1n
    log.warn(
      isRefused
        ? 'deposit and reserve are unlocked: orchestrators take no tickets'
        : 'deposit and reserve are being unlocked: orchestrators soon take no tickets',
      { address, withdrawRound: `${withdrawRound}`, remedy: '`livepeer deposit cancel-unlock`, or fund it again' },
    )
  }
}
