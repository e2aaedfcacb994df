import { addressText, Rational, type SenderFunds, type Signer } from '@livepeer-node/protocol'
import type { Metric, Payer, PayerRequest, PaymentReport } from '@livepeer-node/sdk'
import { SeriesBook } from './series-book.ts'
import { type PayerChain, type PayerLimits, type SentPayment, TicketPayer } from './ticket-payer.ts'

const WEI_PER_GWEI = Rational.of(10n ** 9n)

export interface PayersParts {
  readonly signer: Signer
  readonly chain: PayerChain
  readonly limits: PayerLimits
  /** `payment.reported`. */
  readonly report: (report: PaymentReport) => void
}

/** Pays orchestrators: one payer for each session, and what all of them have sent together. */
export class Payers {
  readonly #parts: PayersParts
  readonly #series: SeriesBook
  #tickets = 0
  #worth = Rational.ZERO
  #failed = 0

  constructor(parts: PayersParts) {
    this.#parts = parts
    this.#series = new SeriesBook(parts.signer, () => parts.chain.position().l1Block)
  }

  /** Answers `payment.payer`. @throws what makes paying this orchestrator impossible, see `Payer.check` */
  open(request: PayerRequest): Payer {
    const { signer, chain, limits } = this.#parts
    return new TicketPayer(request, {
      signer,
      chain,
      limits,
      series: this.#series,
      sent: (payment) => this.#sent(payment),
      failed: () => {
        this.#failed += 1
      },
    })
  }

  status(): Record<string, string | number> {
    const funds = this.#funds()
    return {
      sender: this.#sender,
      ...(funds && { depositWei: `${funds.deposit}`, reserveWei: `${funds.reserve.fundsRemaining}` }),
      ticketsSent: this.#tickets,
      ticketValueSentWei: this.#worth.toFixed(0),
      paymentsFailed: this.#failed,
      knownTerms: this.#series.size,
    }
  }

  /** Under go-livepeer's names (operator.md §3); amounts in gwei. */
  metrics(): Metric[] {
    const funds = this.#funds()
    const counts: Metric[] = [
      counter('tickets_sent', 'Tickets that orchestrators were sent', this.#tickets),
      counter('ticket_value_sent', 'Expected value of the tickets sent, gwei', gwei(this.#worth)),
      counter('payment_create_errors', 'Payments that could not be made', this.#failed),
    ]
    if (!funds) return counts
    const { deposit, reserve } = funds
    const labels = { sender: this.#sender }
    return [
      ...counts,
      { ...gauge('gateway_deposit', 'Deposit of the broadcaster, gwei', gwei(Rational.of(deposit))), labels },
      {
        ...gauge('gateway_reserve', 'Reserve of the broadcaster, gwei', gwei(Rational.of(reserve.fundsRemaining))),
        labels,
      },
    ]
  }

  get #sender(): string {
    return addressText(this.#parts.signer.address)
  }

  /** Nothing to show while the chain has never been reached. */
  #funds(): SenderFunds | undefined {
    try {
      return this.#parts.chain.funds()
    } catch {
      return undefined
    }
  }

  #sent({ streamId, orchestrator, recipient, tickets, worth, faceValue }: SentPayment): void {
    this.#tickets += tickets
    this.#worth = this.#worth.plus(worth)
    this.#parts.report({
      event: 'ticket-sent',
      message: `${tickets} tickets of ${faceValue} wei sent, worth ${worth.toFixed(0)} wei together.`,
      amount: worth.ceil(),
      fields: { streamId, orchestrator, recipient: addressText(recipient), tickets },
    })
  }
}

function gwei(wei: Rational): number {
  return Number(wei.dividedBy(WEI_PER_GWEI).toFixed(9))
}

function counter(name: string, help: string, value: number): Metric {
  return { name: `livepeer_${name}`, help, type: 'counter', value }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name: `livepeer_${name}`, help, type: 'gauge', value }
}
