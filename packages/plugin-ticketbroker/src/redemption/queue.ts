import {
  type LivepeerError,
  type Logger,
  type PaymentReport,
  type RedemptionChoice,
  type RedemptionVerdict,
  toLivepeerError,
} from '@livepeer-node/sdk'
import { RedemptionAttempts } from './attempts.ts'
import type { RedemptionChain, RedemptionEvent, RedemptionInFlight, RedemptionPosition } from './chain.ts'
import { type Choice, Chooser, type ReadyWinner } from './chooser.ts'
import { ticketTime } from './deadline.ts'
import { ticketExpired, ticketGivenUp } from './errors.ts'
import { batchGasLimit, singleGasLimit } from './gas.ts'
import type { RedemptionCounts } from './metrics.ts'
import { PendingRedemptions } from './pending.ts'
import { RedemptionReporter } from './reporter.ts'
import type { StoredWinner, WinnerStore } from './tickets.ts'

const MAX_BATCH = 20
/** After a start, redemptions of this many depths are looked at again: the chain may have been reorganised meanwhile. */
const RECENT_DEPTHS = 8n

/** What a redemption queue works with. */
export interface RedemptionInit {
  readonly chain: RedemptionChain
  readonly store: WinnerStore
  /** Runs `redeem.decide`. */
  decide(choice: RedemptionChoice): Promise<RedemptionVerdict | undefined>
  report(report: PaymentReport): void
  readonly log: Logger
  /** Blocks that must lie on a redemption before it counts. */
  readonly depth: bigint
}

/**
 * Turns winners into money. What is on disk and what the chain says decide everything: each look begins with them, so that
 * it does not matter where an earlier one, or an earlier process, was cut off. A ticket is done when the contract's event
 * lies deep enough, or when its rounds are over.
 */
export class RedemptionQueue {
  readonly #init: RedemptionInit
  readonly #pending = new PendingRedemptions()
  readonly #attempts = new RedemptionAttempts()
  readonly #reporter: RedemptionReporter
  readonly #chooser: Chooser
  #isAdopted = false
  /** Blocks from this one on were replaced, and what was redeemed there is to be put back. */
  #replacedFrom: bigint | undefined
  #looking: Promise<void> | undefined
  #isStopped = false
  #redeemedWei = 0n
  #failures = 0
  #lost = 0

  constructor(init: RedemptionInit) {
    this.#init = init
    this.#reporter = new RedemptionReporter(init)
    this.#chooser = new Chooser({
      chain: init.chain,
      pending: this.#pending,
      decide: (choice) => init.decide(choice),
    })
  }

  /** Face values of this sender's tickets that are being redeemed, wei. @param sender 20 bytes */
  pending(sender: Uint8Array): bigint {
    return this.#pending.of(sender)
  }

  /** Since the start. */
  counts(): RedemptionCounts {
    const waiting = this.#init.store.unsettled().length
    const inFlight = this.#pending.size
    return { redeemed: this.#redeemedWei, failures: this.#failures, lost: this.#lost, waiting, inFlight }
  }

  /** The chain has replaced its blocks from this one on: the next look puts back what was redeemed there. */
  reorganized(from: bigint): void {
    if (this.#replacedFrom === undefined || from < this.#replacedFrom) this.#replacedFrom = from
  }

  /** Looks at all winners once. Calls at the same time are one. Never throws: where the chain fails, the next look goes on. */
  look(): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Looks no more, and waits until the last look is over. What is on its way is the next start's. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#looking
  }

  async #look(): Promise<void> {
    try {
      await this.#step()
      this.#reporter.chainFound()
    } catch (error) {
      if (this.#isStopped) return
      this.#reporter.chainLost(toLivepeerError(error))
    }
  }

  async #step(): Promise<void> {
    const { chain } = this.#init
    const at = chain.position()
    if (!at) return
    this.#putBack()
    if (!this.#isAdopted) await this.#adopt(at)
    const validityRounds = await chain.validityRounds()
    const ready: ReadyWinner[] = []
    for (const winner of this.#waiting(at)) {
      const time = ticketTime(winner.ticket, at, validityRounds)
      if (time.isPressing) this.#reporter.pressing(winner, time.blocksLeft, this.#attempts.reason(winner.key))
      if (time.readiness === 'early') continue
      if (await chain.isUsed(winner.key)) await this.#confirm(winner)
      else if (time.readiness === 'expired') this.#expire(winner, at)
      else if (time.readiness === 'redeemable') ready.push({ winner, time })
    }
    await this.#act(await this.#chooser.choose(ready), at)
  }

  #putBack(): void {
    const from = this.#replacedFrom
    if (from === undefined) return
    for (const { key } of this.#init.store.redeemedSince(from)) this.#reopen(key)
    this.#replacedFrom = undefined
  }

  #reopen(key: string): void {
    this.#init.store.reopen(key)
    this.#reporter.reopened(key)
  }

  #waiting(at: RedemptionPosition): StoredWinner[] {
    const unsettled = this.#init.store.unsettled()
    return unsettled.filter(({ key }) => !this.#pending.has(key) && this.#attempts.isDue(key, at))
  }

  /** After a start: transactions of an earlier process, and redemptions that a reorganisation took back meanwhile. */
  async #adopt(at: RedemptionPosition): Promise<void> {
    const { chain, store, depth } = this.#init
    const since = at.block - RECENT_DEPTHS * depth
    for (const { key } of store.redeemedSince(since > 0n ? since : 0n)) {
      if (!(await chain.isUsed(key))) this.#reopen(key)
    }
    const unsettled = new Map(store.unsettled().map((winner) => [winner.key, winner]))
    for (const flight of chain.inFlight()) {
      const winners = flight.keys.flatMap((key) => unsettled.get(key) ?? [])
      if (winners.length > 0) this.#follow(winners, flight)
    }
    this.#isAdopted = true
  }

  /** Redeemed already: by us before a restart, or by somebody else. It counts once it is deep enough. */
  async #confirm(winner: StoredWinner): Promise<void> {
    const event = await this.#init.chain.findRedemption(winner)
    if (event && this.#isDeep(event)) this.#redeemed(winner, event)
  }

  #isDeep(event: RedemptionEvent): boolean {
    const { chain, depth } = this.#init
    return event.block + depth <= (chain.position()?.block ?? 0n)
  }

  #expire(winner: StoredWinner, { l1Block, round }: RedemptionPosition): void {
    // The round itself may still be reorganised away.
    if (l1Block < round.startBlock + this.#init.depth) return
    const reason = this.#attempts.reason(winner.key)
    this.#lose(winner, ticketExpired(winner.ticket.ticket.round.creationRound, round.number, reason))
  }

  async #act(choices: readonly Choice[], at: RedemptionPosition): Promise<void> {
    for (const { winner, verdict, reason } of choices) {
      if (verdict === 'never') this.#lose(winner, ticketGivenUp(winner.ticket.ticket.faceValue))
      if (verdict !== 'later') continue
      if (this.#attempts.postponed(winner.key, at, reason)) this.#reporter.waits(winner, reason)
    }
    const now = choices.filter(({ verdict }) => verdict === 'now')
    const [again, fresh] = partition(now, ({ winner }) => this.#attempts.hasFailed(winner.key))
    for (const choice of again) this.#send([choice])
    for (let next = 0; next < fresh.length; next += MAX_BATCH) this.#send(fresh.slice(next, next + MAX_BATCH))
  }

  /** One transaction; together they cost about half of what they cost alone. */
  #send(choices: readonly Choice[]): void {
    const winners = choices.map(({ winner }) => winner)
    const gas = choices.map((choice) => choice.gas)
    const limit = gas.length === 1 ? singleGasLimit(gas[0] ?? 0n) : batchGasLimit(gas)
    this.#reporter.sent(winners)
    this.#follow(winners, this.#init.chain.redeem(winners, limit))
  }

  #follow(winners: readonly StoredWinner[], flight: RedemptionInFlight): void {
    const land = this.#pending.add(winners)
    this.#end(winners, flight)
      // A store that cannot be written: the tickets are as they were, and are looked at again.
      .catch((thrown: unknown) => this.#reporter.storeFailed(toLivepeerError(thrown)))
      .finally(land)
  }

  /** Waits until the transaction has come to an end, whatever end. */
  async #end(winners: readonly StoredWinner[], { outcome }: RedemptionInFlight): Promise<void> {
    let events: ReadonlyMap<string, RedemptionEvent>
    try {
      events = await outcome
    } catch (thrown) {
      const { code, message } = toLivepeerError(thrown)
      // The node stops; the next start goes on with the transaction.
      if (code === 'LP_TX_STOPPED') return
      for (const winner of winners) this.#failed(winner, message)
      return
    }
    for (const winner of winners) this.#landed(winner, events.get(winner.key))
  }

  /** One that does not lie deep yet waits on: the next looks find it used. */
  #landed(winner: StoredWinner, event: RedemptionEvent | undefined): void {
    if (event && this.#isDeep(event)) this.#redeemed(winner, event)
    if (!event) this.#failed(winner, 'the transaction was mined, but the contract did not take the ticket')
  }

  #failed(winner: StoredWinner, reason: string): void {
    this.#failures += 1
    const at = this.#init.chain.position()
    if (at) this.#attempts.failed(winner.key, at, reason)
    this.#reporter.waits(winner, reason)
  }

  #redeemed(winner: StoredWinner, event: RedemptionEvent): void {
    this.#init.store.settle(winner.key, { redeemed: event })
    this.#attempts.forget(winner.key)
    this.#redeemedWei += event.amount
    this.#reporter.redeemed(winner, event)
  }

  #lose(winner: StoredWinner, error: LivepeerError): void {
    this.#init.store.settle(winner.key, { lost: `${error.code}: ${error.message}` })
    this.#attempts.forget(winner.key)
    this.#lost += 1
    this.#reporter.lost(winner, error)
  }
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))]
}
