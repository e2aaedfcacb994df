import { ticketTime } from '../../src/redemption/deadline.ts'
import { redemptionRefused } from '../../src/redemption/errors.ts'
import type {
  RedemptionChain,
  RedemptionEvent,
  RedemptionInFlight,
  RedemptionPosition,
} from '../../src/redemption/chain.ts'
import type { StoredWinner } from '../../src/redemption/tickets.ts'

const ROUND_BLOCKS = 50n
const VALIDITY_ROUNDS = 2n

interface Sent {
  readonly id: string
  readonly winners: readonly StoredWinner[]
  minedIn?: bigint
  isOver: boolean
  readonly outcome: PromiseWithResolvers<ReadonlyMap<string, RedemptionEvent>>
}

/**
 * A chain with the contract's rules that matter for redemption, and a transaction manager with a journal. `port()` is what
 * one process sees of it: it can fail, and it can die.
 */
export class ChainModel {
  block = 1n
  initialized = true
  gasPrice = 1n
  /** What each sender has; `undefined`: enough. */
  funds: bigint | undefined
  /** The contract refuses every ticket, with this reason. */
  refusal: string | undefined
  readonly depth: bigint
  readonly #used = new Map<string, RedemptionEvent>()
  readonly #journal: Sent[] = []
  transactions = 0

  constructor(depth: bigint) {
    this.depth = depth
  }

  position(): RedemptionPosition {
    const number = this.block / ROUND_BLOCKS
    const startBlock = number * ROUND_BLOCKS
    const round = { number, initialized: this.initialized, startBlock, lengthBlocks: ROUND_BLOCKS }
    return { block: this.block, l1Block: this.block, round }
  }

  /** Wei that were paid, by tickets. */
  get paid(): ReadonlyMap<string, bigint> {
    return new Map([...this.#used].map(([key, event]) => [key, event.amount]))
  }

  /** A block that takes what was sent. */
  mine(): void {
    this.block++
    for (const sent of this.#journal) {
      if (sent.isOver || sent.minedIn !== undefined) continue
      sent.minedIn = this.block
      for (const winner of sent.winners) this.#take(winner, sent.id)
    }
    for (const sent of this.#journal) {
      if (sent.isOver || sent.minedIn === undefined || sent.minedIn + this.depth > this.block) continue
      sent.isOver = true
      const mine = sent.winners.map(({ key }) => [key, this.#used.get(key)] as const)
      sent.outcome.resolve(new Map(mine.flatMap(([key, it]) => (it?.transaction === sent.id ? [[key, it]] : []))))
    }
  }

  /** The latest blocks are replaced by empty ones; transactions whose manager still watches them are mined again later. */
  reorganize(blocks: bigint): bigint {
    const from = this.block - blocks + 1n
    for (const [key, event] of this.#used) if (event.block >= from) this.#used.delete(key)
    for (const sent of this.#journal) if (!sent.isOver && (sent.minedIn ?? 0n) >= from) delete sent.minedIn
    return from
  }

  /** The redeemer of one process. `rpc` is called before each request, and may throw. */
  port(rpc: () => void): RedemptionChain {
    const ask = async <T>(answer: () => T): Promise<T> => {
      rpc()
      return await Promise.resolve(answer())
    }
    return {
      position: () => this.position(),
      validityRounds: () => ask(() => VALIDITY_ROUNDS),
      payable: () => ask(() => this.funds ?? 10n ** 30n),
      isUsed: (key) => ask(() => this.#used.has(key)),
      findRedemption: ({ key }) => ask(() => this.#used.get(key)),
      gasPrice: () => ask(() => this.gasPrice),
      estimate: (winner) => ask(() => this.#estimate(winner)),
      redeem: (winners) => this.#send(winners),
      inFlight: () => this.#journal.filter(({ isOver }) => !isOver).map(flightOf),
    }
  }

  #estimate(winner: StoredWinner): bigint {
    if (this.refusal) throw redemptionRefused(this.refusal)
    if (this.#used.has(winner.key)) throw redemptionRefused('ticket is used')
    return 100n
  }

  #send(winners: readonly StoredWinner[]): RedemptionInFlight {
    this.transactions++
    const sent: Sent = { id: `0x${this.transactions}`, winners, isOver: false, outcome: Promise.withResolvers() }
    this.#journal.push(sent)
    return flightOf(sent)
  }

  #take({ key, ticket }: StoredWinner, transaction: string): void {
    const { readiness } = ticketTime(ticket, this.position(), VALIDITY_ROUNDS)
    if (this.refusal || readiness !== 'redeemable' || this.#used.has(key)) return
    const { faceValue } = ticket.ticket
    const amount = this.funds === undefined || this.funds > faceValue ? faceValue : this.funds
    this.#used.set(key, { transaction, block: this.block, amount })
  }
}

function flightOf({ winners, outcome }: Sent): RedemptionInFlight {
  return { keys: winners.map(({ key }) => key), outcome: outcome.promise }
}
