import { Rational } from '@livepeer-node/protocol'
import type { Metric } from '@livepeer-node/sdk'
import type { Receipt } from './till.ts'

/** What an orchestrator was paid since it started. */
export class PayeeCounts {
  #payments = 0
  #tickets = 0
  #won = 0
  #credit = Rational.ZERO
  #charged = Rational.ZERO
  readonly #refused = new Map<string, number>()

  took({ tickets, won, credit }: Pick<Receipt, 'tickets' | 'won' | 'credit'>): void {
    this.#payments += 1
    this.#tickets += tickets
    this.#won += won
    this.#credit = this.#credit.plus(credit)
  }

  charged(fee: Rational): void {
    this.#charged = this.#charged.plus(fee)
  }

  refused(code: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1)
  }

  /** Under go-livepeer's names (operator.md §3); amounts in gwei. @param registries none of them may grow for ever */
  metrics(registries: Readonly<Record<string, number>>): readonly Metric[] {
    return [
      counter('payments_recv_total', 'Payments that came with tickets or without', this.#payments),
      counter('tickets_recv', 'Tickets that came', this.#tickets),
      counter('ticket_value_recv', 'Credit that tickets brought, gwei', gwei(this.#credit)),
      counter('winning_tickets_recv', 'Tickets that won', this.#won),
      counter('fees_charged_total', 'What transcoding was charged, gwei', gwei(this.#charged)),
      ...[...this.#refused].map(([code, count]) => ({
        ...counter('payment_recv_errors', 'Payments that were refused, by reason', count),
        labels: { error_code: code },
      })),
      ...Object.entries(registries).map(([registry, value]) => ({
        name: 'livepeer_payee_registry_size',
        help: 'Entries that being paid keeps in memory',
        type: 'gauge' as const,
        value,
        labels: { registry },
      })),
    ]
  }

  /** Plain data, wei as decimal text. */
  status(): Readonly<Record<string, unknown>> {
    return {
      payments: this.#payments,
      tickets: this.#tickets,
      won: this.#won,
      credit: this.#credit.toFixed(0),
      charged: this.#charged.toFixed(0),
      refused: Object.fromEntries(this.#refused),
    }
  }
}

function counter(name: string, help: string, value: number): Metric {
  return { name: `livepeer_${name}`, help, type: 'counter', value }
}

/** For graphs only. */
function gwei(wei: Rational): number {
  return Number(wei.dividedBy(Rational.of(10n ** 9n)).toFixed(6))
}
