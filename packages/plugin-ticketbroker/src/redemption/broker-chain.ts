import {
  type Chain,
  type ChainWatcher,
  type ContractCall,
  type Receipt,
  revertReason,
  ticketStruct,
  toAddressText,
  type TransactionManager,
} from '@livepeer-node/chain'
import { toHex, type WinningTicket } from '@livepeer-node/protocol'
import { isLivepeerError } from '@livepeer-node/sdk'
import type { RedemptionChain, RedemptionEvent, RedemptionInFlight, RedemptionPosition } from './chain.ts'
import { redemptionRefused } from './errors.ts'
import { redemptionEvents } from './events.ts'
import type { StoredWinner } from './tickets.ts'

/** Marks the transactions of redemption in the journal; the keys of their tickets follow. */
const KEY_PREFIX = 'redeem:'
/** A node may have been this many blocks ahead of the chain that came to be when a ticket was put down. */
const SEARCH_MARGIN_BLOCKS = 256n

export interface BrokerChainInit {
  readonly chain: Chain
  readonly watcher: ChainWatcher
  readonly transactions: TransactionManager
  /** Who pays for gas, `0x…`. */
  readonly account: string
  /** Blocks that must lie on a redemption before it counts. */
  readonly depth: bigint
}

/** Redemption on the real contracts. */
export class BrokerChain implements RedemptionChain {
  readonly #init: BrokerChainInit
  #validityRounds: bigint | undefined

  constructor(init: BrokerChainInit) {
    this.#init = init
  }

  position(): RedemptionPosition {
    const { block, l1Block, round } = this.#init.watcher.position
    const { current, initialized, startBlock, lengthBlocks } = round
    return { block, l1Block, round: { number: current, initialized, startBlock, lengthBlocks } }
  }

  /** Governance may change it, but not between two starts of a node that anybody would notice. */
  async validityRounds(): Promise<bigint> {
    this.#validityRounds ??= await this.#broker.ticketValidityPeriod()
    return this.#validityRounds
  }

  async payable({ ticket: { sender, recipient } }: WinningTicket): Promise<bigint> {
    const [{ deposit, withdrawRound }, claimable] = await Promise.all([
      this.#broker.readSender(sender),
      this.#broker.claimableReserve(sender, recipient),
    ])
    const isUnlocked = withdrawRound > 0n && this.position().round.number >= withdrawRound
    return isUnlocked ? 0n : deposit + claimable
  }

  isUsed(key: string): Promise<boolean> {
    return this.#broker.usedTicket(Buffer.from(key.slice(2), 'hex'))
  }

  async findRedemption({ key, ticket, addedBlock }: StoredWinner): Promise<RedemptionEvent | undefined> {
    const { sender, recipient } = ticket.ticket
    const events = [this.#broker.topic('WinningTicketRedeemed'), this.#broker.topic('WinningTicketTransfer')]
    const logs = await this.#init.chain.logs({
      address: this.#broker.address,
      topics: [events, addressTopic(sender), addressTopic(recipient)],
      fromBlock: addedBlock > SEARCH_MARGIN_BLOCKS ? addedBlock - SEARCH_MARGIN_BLOCKS : 0n,
      toBlock: this.position().block,
    })
    return redemptionEvents(this.#broker, logs).get(key)
  }

  gasPrice(): Promise<bigint> {
    return this.#init.chain.gasPrice()
  }

  async estimate({ ticket }: StoredWinner): Promise<bigint> {
    const { chain, account: from } = this.#init
    try {
      return await chain.provider.estimateGas({ from, ...this.#broker.redeem(ticket) })
    } catch (error) {
      if (isLivepeerError(error)) throw error
      throw redemptionRefused(revertReason(error), error)
    }
  }

  redeem(winners: readonly StoredWinner[], gasLimit: bigint): RedemptionInFlight {
    const keys = winners.map(({ key }) => key)
    const label = keys.length === 1 ? `redeem ticket ${keys[0]}` : `redeem ${keys.length} tickets`
    const key = `${KEY_PREFIX}${keys.join(',')}`
    const receipt = this.#init.transactions.send(
      { label, ...this.#call(winners) },
      { key, gasLimit, confirmations: Number(this.#init.depth) + 1 },
    )
    return { keys, outcome: this.#outcome(receipt) }
  }

  inFlight(): readonly RedemptionInFlight[] {
    return this.#init.transactions.pending().flatMap(({ key, outcome }) => {
      if (!key?.startsWith(KEY_PREFIX)) return []
      return [{ keys: key.slice(KEY_PREFIX.length).split(','), outcome: this.#outcome(outcome) }]
    })
  }

  #call(winners: readonly StoredWinner[]): ContractCall {
    const tickets = winners.map(({ ticket }) => ticket)
    const [only] = tickets
    if (only && tickets.length === 1) return this.#broker.redeem(only)
    return this.#broker.call('batchRedeemWinningTickets', [
      tickets.map(({ ticket }) => ticketStruct(ticket)),
      tickets.map(({ signature }) => `0x${toHex(signature)}`),
      tickets.map(({ recipientRand }) => recipientRand),
    ])
  }

  async #outcome(receipt: Promise<Receipt>): Promise<ReadonlyMap<string, RedemptionEvent>> {
    return redemptionEvents(this.#broker, (await receipt).logs)
  }

  get #broker() {
    return this.#init.chain.contracts.ticketBroker
  }
}

function addressTopic(address: Uint8Array): string {
  return `0x${toAddressText(address).slice(2).toLowerCase().padStart(64, '0')}`
}
