import type { Chain, TransactionManager } from '@livepeer-node/chain'
import type { OwnDeposit, RegisteredOrchestrator, RoundNow, ServiceChain } from './chain.ts'

/**
 * Gas for opening a round: at its boundary an endpoint may estimate for the block before, in which the call fails
 * (devnet.md §6).
 */
const INITIALIZE_GAS = 500_000n

/** The services' view of the protocol. */
export class ProtocolServices implements ServiceChain {
  readonly #chain: Chain
  readonly #transactions: TransactionManager

  constructor(chain: Chain, transactions: TransactionManager) {
    this.#chain = chain
    this.#transactions = transactions
  }

  async round(): Promise<RoundNow> {
    const { current, initialized } = await this.#chain.contracts.roundsManager.readRound()
    return { number: current, initialized }
  }

  async initializeRound(round: bigint): Promise<void> {
    const call = this.#chain.contracts.roundsManager.initializeRound()
    await this.#transactions.send(
      { label: 'initialize the round', ...call },
      { key: `initialize:${round}`, gasLimit: INITIALIZE_GAS, confirmations: 1 },
    )
  }

  async orchestrator(address: string): Promise<RegisteredOrchestrator> {
    const { bondingManager, serviceRegistry } = this.#chain.contracts
    const [{ active, registered, lastRewardRound }, serviceUri] = await Promise.all([
      bondingManager.readTranscoder(address),
      serviceRegistry.serviceUri(address),
    ])
    return { active, registered, lastRewardRound, serviceUri }
  }

  /** After a restart the one of before is followed, if it is still on its way. */
  async reward(round: bigint): Promise<void> {
    const call = this.#chain.contracts.bondingManager.reward()
    await this.#transactions.send({ label: 'reward', ...call }, { key: `reward:${round}`, confirmations: 1 })
  }

  async deposit(address: string): Promise<OwnDeposit> {
    return await this.#chain.contracts.ticketBroker.readSender(address)
  }
}
