import { addressText } from '@livepeer-node/protocol'
import type { LivepeerError, Logger, PaymentReport } from '@livepeer-node/sdk'
import type { RedemptionEvent } from './chain.ts'
import type { StoredWinner } from './tickets.ts'

export interface ReporterInit {
  readonly log: Logger
  report(report: PaymentReport): void
}

/** Tells people what becomes of winners: log lines, and `payment.reported`. */
export class RedemptionReporter {
  readonly #init: ReporterInit
  readonly #warned = new Set<string>()
  #isLost = false

  constructor(init: ReporterInit) {
    this.#init = init
  }

  redeemed(winner: StoredWinner, event: RedemptionEvent): void {
    const { faceValue } = winner.ticket.ticket
    const fields = { ...this.#fields(winner), amount: `${event.amount}`, transaction: event.transaction }
    if (event.amount < faceValue)
      this.#init.log.warn('a ticket paid less than its face value: its sender had no more', fields)
    else this.#init.log.info('a ticket is redeemed', fields)
    const message = `A ticket of ${faceValue} wei is redeemed: ${event.amount} wei.`
    this.#init.report({ event: 'ticket-redeemed', message, amount: event.amount, fields })
    this.#warned.delete(winner.key)
  }

  lost(winner: StoredWinner, error: LivepeerError): void {
    const { faceValue } = winner.ticket.ticket
    const fields = { ...this.#fields(winner), code: error.code, remedy: error.remedy }
    this.#init.log.error(error.message, fields)
    this.#init.report({ event: 'ticket-lost', message: error.message, amount: faceValue, fields })
    this.#warned.delete(winner.key)
  }

  /** Once for each ticket. */
  pressing(winner: StoredWinner, blocksLeft: bigint, reason: string | undefined): void {
    if (this.#warned.has(winner.key)) return
    this.#warned.add(winner.key)
    const fields = { ...this.#fields(winner), blocksLeft: `${blocksLeft}`, reason }
    this.#init.log.warn('a winning ticket will soon be worth nothing: it is not redeemed yet', fields)
  }

  /** Redeeming failed, or was put off; it goes on. */
  waits(winner: StoredWinner, reason: string): void {
    this.#init.log.warn('a winning ticket waits', { ...this.#fields(winner), reason })
  }

  sent(winners: readonly StoredWinner[]): void {
    for (const winner of winners) this.#init.log.debug('a ticket is being redeemed', this.#fields(winner))
  }

  reopened(key: string): void {
    this.#init.log.warn('a redemption is gone from the chain; the ticket waits again', { ticket: key })
  }

  /** The chain cannot be reached: told once, and once more when it can again. */
  chainLost(error: LivepeerError): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#init.log.warn(`redemption waits for the chain: ${error.message}`, { code: error.code, remedy: error.remedy })
  }

  storeFailed(error: LivepeerError): void {
    this.#init.log.error(`what became of a ticket could not be written: ${error.message}`, { code: error.code })
  }

  chainFound(): void {
    if (this.#isLost) this.#init.log.info('redemption goes on: the chain answers again')
    this.#isLost = false
  }

  #fields({ key, ticket: { ticket } }: StoredWinner): Record<string, string> {
    const { sender, faceValue, round } = ticket
    return { ticket: key, sender: addressText(sender), faceValue: `${faceValue}`, round: `${round.creationRound}` }
  }
}
