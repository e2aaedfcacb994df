import type { Clock, Logger } from '@livepeer-node/sdk'
import type { ChainService, ServiceChain } from './chain.ts'

export interface RoundInitializerInit {
  readonly chain: ServiceChain
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
  /** Longest wait, ms, before a round is opened: whoever waits least does it for all. */
  readonly maxDelayMs: number
  /** 0 or more, below 1. Default: chance. */
  readonly random?: () => number
}

/** Opens each round that nobody has opened (payments.md E6): tickets, bonding and rewards stand still until somebody does. */
export class RoundInitializer implements ChainService {
  readonly complaint = 'the round could not be initialized'
  readonly #init: RoundInitializerInit

  constructor(init: RoundInitializerInit) {
    this.#init = init
  }

  async look(): Promise<void> {
    const { chain, clock, log, signal, maxDelayMs, random = Math.random } = this.#init
    if ((await chain.round()).initialized) return
    const delayMs = maxDelayMs * random()
    if (delayMs > 0) await clock.sleep(delayMs, signal)
    const round = await chain.round()
    if (round.initialized || signal.aborted) return
    await chain.initializeRound(round.number)
    log.info('a round is initialized', { round: `${round.number}` })
  }
}
