import { addressText, CREDIT_HEADER, CREDIT_OPEN_HEADER } from '@livepeer-node/protocol'
import {
  type IncomingPayment,
  type Logger,
  type PaidWork,
  type Payee,
  type PaymentReport,
  type Quote,
  type QuoteRequest,
  toLivepeerError,
} from '@livepeer-node/sdk'
import type { PayeeCounts } from './counts.ts'
import { OpenWork } from './open-work.ts'
import type { PayeeSettings } from './settings.ts'
import type { TermsDesk } from './terms-desk.ts'
import type { Receipt, Till } from './till.ts'

export interface TicketPayeeInit {
  readonly settings: Pick<PayeeSettings, 'address'>
  readonly desk: TermsDesk
  readonly till: Till
  readonly counts: PayeeCounts
  readonly report: (report: PaymentReport) => void
  readonly log: Logger
}

/** Is paid in tickets. */
export class TicketPayee implements Payee {
  readonly #init: TicketPayeeInit
  readonly #open = new OpenWork()

  constructor(init: TicketPayeeInit) {
    this.#init = init
  }

  get address(): Uint8Array {
    return this.#init.settings.address
  }

  quote({ sender, sessionId }: QuoteRequest): Promise<Quote> {
    const agreed = sessionId === undefined ? undefined : this.#init.till.balanceOf({ sender, sessionId })
    return this.#init.desk.quote(sender, agreed?.price)
  }

  async receive(payment: IncomingPayment): Promise<PaidWork> {
    const { till, desk } = this.#init
    return this.#refusing(payment, async () => {
      const receipt = await this.#take(payment)
      const isFree = !receipt.balance && desk.leastPrice(receipt.sender).sign === 0
      if (!isFree) till.requireCover(receipt, this.#open.count(receipt))
      return this.#work(receipt)
    })
  }

  async credit(payment: IncomingPayment): Promise<void> {
    await this.#refusing(payment, () => this.#take(payment))
  }

  /** A session may come back while its token is good. What is left of its credit goes with its time. */
  endSession(): void {}

  async #take(payment: IncomingPayment): Promise<Receipt> {
    const receipt = await this.#init.till.take(payment)
    this.#init.counts.took(receipt)
    this.#tell(receipt)
    if (receipt.fault) throw receipt.fault
    return receipt
  }

  #work({ sender, sessionId, balance }: Receipt): PaidWork {
    const { till, counts } = this.#init
    const session = { sender, sessionId }
    const before = this.#open.count(session)
    const close = this.#open.begin(session)
    return {
      // How many were open when the balance was what it is: they are not in it yet.
      headers: balance ? { [CREDIT_HEADER]: balance.amount.toString(), [CREDIT_OPEN_HEADER]: `${before}` } : {},
      debit: (pixels) => {
        if (close()) counts.charged(till.charge(session, pixels))
      },
    }
  }

  async #refusing<T>(payment: IncomingPayment, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      const error = toLivepeerError(thrown)
      this.#init.counts.refused(error.code)
      const { sessionId } = payment
      this.#init.report({ event: 'payment-refused', message: error.message, fields: { sessionId, code: error.code } })
      throw error
    }
  }

  #tell({ sender, sessionId, tickets, won, credit, balance }: Receipt): void {
    if (tickets === 0) return
    const fields = { sender: addressText(sender), sessionId, tickets, won, balance: balance?.amount.toFixed(0) }
    const message = `${tickets} tickets came from ${fields.sender}.`
    this.#init.log.debug('payment taken', { ...fields, credit: credit.toFixed(0) })
    this.#init.report({ event: 'ticket-received', message, amount: credit.floor(), fields })
  }
}
