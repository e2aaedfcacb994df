import { addressText } from '@livepeer-node/protocol'
import { isLivepeerError, type RedemptionChoice, type RedemptionVerdict } from '@livepeer-node/sdk'
import type { RedemptionChain } from './chain.ts'
import type { TicketTime } from './deadline.ts'
import type { PendingRedemptions } from './pending.ts'
import type { StoredWinner } from './tickets.ts'

/** A winner that the contract would take now. */
export interface ReadyWinner {
  readonly winner: StoredWinner
  readonly time: TicketTime
}

/** What shall become of a winner. */
export interface Choice {
  readonly winner: StoredWinner
  readonly verdict: RedemptionVerdict
  /** Gas that redeeming it alone takes. */
  readonly gas: bigint
  /** Why it waits. */
  readonly reason: string
}

export interface ChooserInit {
  readonly chain: RedemptionChain
  readonly pending: PendingRedemptions
  decide(choice: RedemptionChoice): Promise<RedemptionVerdict | undefined>
}

/** Decides which winners are redeemed now: those with the least time first, as long as their senders can pay. */
export class Chooser {
  readonly #init: ChooserInit

  constructor(init: ChooserInit) {
    this.#init = init
  }

  /** @throws what the chain's endpoints throw */
  async choose(ready: readonly ReadyWinner[]): Promise<Choice[]> {
    if (ready.length === 0) return []
    const gasPrice = await this.#init.chain.gasPrice()
    const byTime = ready.toSorted((a, b) => Number(a.time.blocksLeft - b.time.blocksLeft))
    const taken = new Map<string, bigint>()
    const choices: Choice[] = []
    for (const each of byTime) {
      const { sender, faceValue } = each.winner.ticket.ticket
      const id = addressText(sender)
      const choice = await this.#judge(each, { gasPrice, waiting: ready.length, taken: taken.get(id) ?? 0n })
      if (choice.verdict === 'now') taken.set(id, (taken.get(id) ?? 0n) + faceValue)
      choices.push(choice)
    }
    return choices
  }

  async #judge(ready: ReadyWinner, now: { gasPrice: bigint; waiting: number; taken: bigint }): Promise<Choice> {
    const { winner, time } = ready
    const { chain, pending } = this.#init
    const { sender, faceValue } = winner.ticket.ticket
    const gas = await this.#estimate(winner)
    if (typeof gas === 'string') return { winner, verdict: 'later', gas: 0n, reason: gas }
    const txCost = gas * now.gasPrice
    const left = (await chain.payable(winner.ticket)) - pending.of(sender) - now.taken
    const availableFunds = left > 0n ? left : 0n
    const { blocksLeft } = time
    const choice = { faceValue, txCost, availableFunds, blocksLeft, waiting: now.waiting, sender: addressText(sender) }
    const verdict = (await this.#init.decide(choice)) ?? defaultVerdict(choice, time.isPressing)
    const reason = `redeeming costs ${txCost} wei, and its sender could pay ${availableFunds} of ${faceValue} wei`
    return { winner, verdict, gas, reason }
  }

  /** Gas, or the contract's reason to refuse. */
  async #estimate(winner: StoredWinner): Promise<bigint | string> {
    try {
      return await this.#init.chain.estimate(winner)
    } catch (error) {
      if (isLivepeerError(error) && error.code === 'LP_REDEEM_REFUSED') return error.message
      throw error
    }
  }
}

/**
 * The verdict where no plugin gives one: now, unless the transaction costs more than it brings; then later. Where the sender
 * has less than the face value now, the rest would be lost with the ticket: it waits too, until time presses.
 */
export function defaultVerdict(choice: RedemptionChoice, isPressing: boolean): RedemptionVerdict {
  const { faceValue, availableFunds, txCost } = choice
  const brings = availableFunds < faceValue ? availableFunds : faceValue
  if (brings <= txCost) return 'later'
  return brings === faceValue || isPressing ? 'now' : 'later'
}
