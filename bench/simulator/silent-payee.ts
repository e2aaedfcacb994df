import { randomBytes } from 'node:crypto'
import {
  decodeTicketPayment,
  encodeMessage,
  feeOf,
  issueTerms,
  NonceBook,
  PriceInfoSchema,
  Rational,
  readPrice,
  receiveTickets,
  TicketParamsSchema,
  ticketSecret,
  writePrice,
  writeTerms,
} from '@livepeer-node/protocol'
import type { IncomingPayment, PaidWork, Payee, Quote, QuoteRequest } from '@livepeer-node/sdk'
import type { World } from './world.ts'

/** Takes tickets as an orchestrator of go-livepeer does (payments.md A8, A9): in memory, and says nothing of balances. */
export class SilentPayee implements Payee {
  readonly address: Uint8Array
  readonly #world: World
  readonly #secret = ticketSecret()
  readonly #nonces = new NonceBook()
  readonly #balances = new Map<string, Rational>()

  constructor(world: World) {
    this.#world = world
    this.address = world.recipient
  }

  quote({ sender }: QuoteRequest): Promise<Quote> {
    const { recipient, price, value, l1Block, round } = this.#world
    const seed = BigInt(`0x${randomBytes(32).toString('hex')}`)
    const terms = issueTerms({ recipient, sender, price, value, l1Block, round, secret: this.#secret, seed })
    return Promise.resolve({
      ticketParams: encodeMessage(TicketParamsSchema, writeTerms(terms)),
      priceInfo: encodeMessage(PriceInfoSchema, writePrice(price)),
    })
  }

  async receive(payment: IncomingPayment): Promise<PaidWork> {
    const price = this.#credit(payment)
    const { sessionId } = payment
    if (this.balance(sessionId).isLessThan(Rational.of(this.#world.value.ev))) throw new Error('Insufficient balance')
    return { headers: {}, debit: (pixels) => this.#change(sessionId, feeOf(pixels, price).negated()) }
  }

  async credit(payment: IncomingPayment): Promise<void> {
    this.#credit(payment)
  }

  endSession(sessionId: string): void {
    this.#balances.delete(sessionId)
  }

  /** Wei that it holds for a session. */
  balance(sessionId: string): Rational {
    return this.#balances.get(sessionId) ?? Rational.ZERO
  }

  /** @returns what a pixel costs */
  #credit({ header, sessionId }: IncomingPayment): Rational {
    const payment = decodeTicketPayment(header)
    const { recipient, l1Block, round } = this.#world
    const chain = { l1Block, round: round.creationRound }
    const context = { secret: this.#secret, recipient, chain, funds: { withdrawRound: 0n }, nonces: this.#nonces }
    for (const { credit, error } of receiveTickets(payment, context)) {
      if (error) throw error
      this.#change(sessionId, credit)
    }
    return readPrice(payment.expectedPrice)
  }

  #change(sessionId: string, by: Rational): void {
    this.#balances.set(sessionId, this.balance(sessionId).plus(by))
  }
}
