import type { RedemptionChain, RedemptionEvent, RedemptionInFlight } from '../redemption/chain.ts'
import type { StoredWinner } from '../redemption/tickets.ts'

/** Blocks for which nothing is asked of a redeemer that has taken a ticket; then it is told once more. */
const AGAIN_BLOCKS = 60n

export interface RemoteRedemptionInit {
  /** The chain, to see what becomes of tickets. */
  readonly chain: RedemptionChain
  /** Hands a ticket over; resolves when it lies on the redeemer's disk. */
  readonly queue: (winner: StoredWinner) => Promise<void>
  /** Calls back at each block; returns the undo. */
  readonly onBlock: (listener: () => void) => () => void
}

/**
 * Redemption by a redeemer in another process: tickets are handed over instead of being sent, and count as redeemed when
 * the chain says so. This process keeps its own copy until then.
 */
export function remoteRedemption({ chain, queue, onBlock }: RemoteRedemptionInit): RedemptionChain {
  return {
    position: () => chain.position(),
    validityRounds: () => chain.validityRounds(),
    payable: (ticket) => chain.payable(ticket),
    isUsed: (key) => chain.isUsed(key),
    findRedemption: (winner) => chain.findRedemption(winner),
    gasPrice: () => chain.gasPrice(),
    estimate: (winner) => chain.estimate(winner),
    redeem: (winners): RedemptionInFlight => ({ keys: winners.map(({ key }) => key), outcome: handOver(winners) }),
    inFlight: () => [],
  }

  async function handOver(winners: readonly StoredWinner[]): Promise<ReadonlyMap<string, RedemptionEvent>> {
    for (const winner of winners) await queue(winner)
    return watch(winners)
  }

  /** Resolves when all are used, or when it is time to ask again. */
  function watch(winners: readonly StoredWinner[]): Promise<ReadonlyMap<string, RedemptionEvent>> {
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<string, RedemptionEvent>>()
    const last = (chain.position()?.block ?? 0n) + AGAIN_BLOCKS
    const undo = onBlock(() => void look().catch(() => undefined))
    const look = async () => {
      const events = await eventsOf(winners)
      const isLate = (chain.position()?.block ?? 0n) >= last
      if (events.size < winners.length && !isLate) return
      undo()
      resolve(events)
    }
    return promise
  }

  async function eventsOf(winners: readonly StoredWinner[]): Promise<ReadonlyMap<string, RedemptionEvent>> {
    const events = new Map<string, RedemptionEvent>()
    for (const winner of winners) {
      const event = (await chain.isUsed(winner.key)) ? await chain.findRedemption(winner) : undefined
      if (event) events.set(winner.key, event)
    }
    return events
  }
}
