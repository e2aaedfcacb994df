import type { Chain } from './chain.ts'
import type { Contracts } from './deploy.ts'

/** A round of the protocol. */
export interface RoundState {
  readonly round: bigint
  readonly initialized: boolean
  readonly startBlock: bigint
  /** Blocks. */
  readonly length: bigint
  /** Latest block. */
  readonly block: bigint
}

export interface RoundsInit {
  readonly chain: Chain
  readonly contracts: Contracts
  /** Who pays for opening rounds. */
  readonly keeper: string
  /** Active orchestrators that call `reward()` once in each round. */
  readonly rewarded: readonly string[]
}

/** Moves the protocol from round to round. */
export class Rounds {
  readonly #init: RoundsInit
  #opening: Promise<void> | undefined

  constructor(init: RoundsInit) {
    this.#init = init
  }

  async state(): Promise<RoundState> {
    const { chain, contracts } = this.#init
    const manager = contracts.RoundsManager
    const [round, initialized, startBlock, length, block] = await Promise.all([
      chain.read<bigint>(manager, 'currentRound'),
      chain.read<boolean>(manager, 'currentRoundInitialized'),
      chain.read<bigint>(manager, 'currentRoundStartBlock'),
      chain.read<bigint>(manager, 'roundLength'),
      chain.blockNumber(),
    ])
    return { round, initialized, startBlock, length, block }
  }

  /** Initializes the running round if nobody has, and lets the orchestrators call `reward()`. Calls at the same time are one. */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  /**
   * Mines until this round has begun and opens every round on the way: one that was left out could never be opened later.
   * A round that has begun already is only opened.
   */
  async advanceTo(round: bigint): Promise<void> {
    await this.open()
    for (let state = await this.state(); state.round < round; state = await this.state()) {
      // The transaction that opens the round is itself in its first block.
      await this.#init.chain.mine(nextStart(state) - state.block - 1n)
      await this.open()
    }
  }

  async #open(): Promise<void> {
    const { chain, contracts, keeper, rewarded } = this.#init
    const { RoundsManager, BondingManager } = contracts
    const state = await this.state()
    // The next transaction is in the next block, and may be in the next round.
    const isLastBlock = state.block + 1n >= nextStart(state)
    if (state.initialized && !isLastBlock) return
    const data = RoundsManager.abi.encodeFunctionData('initializeRound')
    await chain.transact('the opening of a round', { from: keeper, to: RoundsManager.address, data })
    const reward = BondingManager.abi.encodeFunctionData('reward')
    for (const from of rewarded) {
      const isActive = await chain.read<boolean>(BondingManager, 'isActiveTranscoder', [from])
      if (isActive) await chain.transact('reward', { from, to: BondingManager.address, data: reward })
    }
  }
}

/** `currentRoundStartBlock` is that of the round that was opened last, which may be past. */
function nextStart({ startBlock, length, block }: RoundState): bigint {
  const passed = (block - startBlock) / length
  return startBlock + (passed + 1n) * length
}
