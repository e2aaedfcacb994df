import type { Logger } from '@livepeer-node/sdk'
import type { ChainService, ServiceChain } from './chain.ts'

export interface RewardCallerInit {
  readonly chain: ServiceChain
  /** The node's own account, `0x…`: only the registered address itself may call. */
  readonly address: string
  readonly log: Logger
}

/** Calls `reward()` once in each round in which the orchestrator is active, and again until it has worked (payments.md E7, H49). */
export class RewardCaller implements ChainService {
  readonly complaint = 'reward could not be called'
  readonly #init: RewardCallerInit
  /** Nothing is left to do in this round. */
  #done = -1n

  constructor(init: RewardCallerInit) {
    this.#init = init
  }

  async look(): Promise<void> {
    const { chain, address, log } = this.#init
    const round = await chain.round()
    if (!round.initialized || round.number === this.#done) return
    const { active, lastRewardRound } = await chain.orchestrator(address)
    if (active && lastRewardRound < round.number) {
      await chain.reward(round.number)
      log.info('reward is called', { round: `${round.number}` })
      // Looked at once more with the next block: a reorganisation may take it back.
      return
    }
    this.#done = round.number
  }
}
