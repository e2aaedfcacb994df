import type { Chain, ChainWatcher } from '@livepeer-node/chain'
import { type Logger, toLivepeerError } from '@livepeer-node/sdk'
import type { RoundClock } from '@livepeer-node/protocol'
import type { PayeeChain, PayeePosition, SenderState } from './chain.ts'
import { presentL1Block } from './l1-clock.ts'

export interface WatchedChainInit {
  readonly chain: Chain
  /** Started. */
  readonly watcher: ChainWatcher
  /** 20 bytes. */
  readonly recipient: Uint8Array
  readonly log: Logger
}

/** What being paid needs of the real chain: the watcher's position, and what changes with rounds beside it. */
export class WatchedChain implements PayeeChain {
  readonly #init: WatchedChainInit
  #validityRounds: bigint
  #isActive: boolean
  #isStale = false

  private constructor(init: WatchedChainInit, known: { validityRounds: bigint; isActive: boolean }) {
    this.#init = init
    this.#validityRounds = known.validityRounds
    this.#isActive = known.isActive
  }

  /** Reads all of it once. @throws `LP_CHAIN_…` */
  static async open(init: WatchedChainInit): Promise<WatchedChain> {
    const { ticketBroker, bondingManager } = init.chain.contracts
    const [validityRounds, isActive] = await Promise.all([
      ticketBroker.ticketValidityPeriod(),
      bondingManager.isActive(init.recipient),
      init.chain.gasPrice(),
    ])
    return new WatchedChain(init, { validityRounds, isActive })
  }

  position(): PayeePosition {
    const { chain, watcher } = this.#init
    const { l1Block, block, round, poolSize } = watcher.position
    return {
      l1Block: presentL1Block({ chainId: chain.chainId, l1Block, ageMs: watcher.ageMs }),
      block,
      clock: this.#clock(),
      latest: { creationRound: round.number, creationRoundBlockHash: round.blockHash },
      previous: { creationRound: round.number - 1n, creationRoundBlockHash: round.previousBlockHash },
      poolSize,
      isActive: this.#isActive,
      gasPrice: chain.gasPrices.last ?? 0n,
    }
  }

  /** @param isAgain then an endpoint that is behind the others must not answer with what was so before */
  async readSender(sender: Uint8Array, isAgain: boolean): Promise<SenderState> {
    const { ticketBroker } = this.#init.chain.contracts
    const at = isAgain ? this.#init.watcher.position.block : 'latest'
    const [funds, claimed] = await Promise.all([
      ticketBroker.readSender(sender, at),
      ticketBroker.claimedReserve(sender, this.#init.recipient, at),
    ])
    return { funds, claimed }
  }

  /** Another round is the latest: what changes with it is read again, now or at the next block that allows it. */
  roundChanged(): void {
    this.#isStale = true
  }

  /** At each block. What cannot be read stays as it was. Never rejects. */
  async refresh(): Promise<void> {
    await this.#keeping('the price of gas', () => this.#init.chain.gasPrice())
    if (this.#isStale) await this.#keeping('whether this orchestrator is active', () => this.#readRound())
  }

  async #readRound(): Promise<void> {
    const { chain, watcher, recipient } = this.#init
    const { ticketBroker, bondingManager } = chain.contracts
    this.#isStale = false
    try {
      this.#isActive = await bondingManager.isActive(recipient, watcher.position.block)
      this.#validityRounds = await ticketBroker.ticketValidityPeriod()
    } catch (error) {
      this.#isStale = true
      throw error
    }
  }

  async #keeping(what: string, read: () => Promise<unknown>): Promise<void> {
    try {
      await read()
    } catch (error) {
      this.#init.log.warn(`${what} could not be read; what was known last counts`, { error: toLivepeerError(error) })
    }
  }

  /** The chain tells where the round began that it is in; tickets name the one that was initialized last. */
  #clock(): RoundClock {
    const { number, current, startBlock, lengthBlocks } = this.#init.watcher.position.round
    return {
      round: number,
      startBlock: startBlock - (current - number) * lengthBlocks,
      lengthBlocks,
      validityRounds: this.#validityRounds,
    }
  }
}
