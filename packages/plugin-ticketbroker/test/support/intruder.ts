import {
  expectedValue,
  isWinner,
  Rational,
  recipientRandHash,
  sameBytes,
  type TicketPayment,
  ticketHash,
  ticketsOf,
  toHex,
  verifyTicketSignature,
  type WinningTicket,
} from '@livepeer-node/protocol'
import { isLivepeerError, type PaidWork } from '@livepeer-node/sdk'
import { EV, TestPayee, TestSender } from './payee.ts'
import { signerOf } from './tickets.ts'

export type Purchase = NonNullable<TicketPayment['purchase']>

const SESSIONS = ['a', 'b', 'c'] as const

/** A broadcaster that tries everything, and what it has really signed. */
export class Intruder {
  readonly payee = new TestPayee()
  readonly #sender = new TestSender()
  readonly #sent: TicketPayment[] = []
  readonly #works: PaidWork[] = []
  /** Expected value of each ticket that exists, by its hash. */
  readonly #real = new Map<string, Rational>()
  #charged = Rational.ZERO

  constructor() {
    const { chain } = this.payee
    // Every fourth ticket wins.
    chain.gasPrice = 0n
    chain.funds = { ...chain.funds, reserve: { fundsRemaining: 16n * EV, claimedInCurrentRound: 0n } }
  }

  async ask(session: number): Promise<void> {
    await this.#sender.ask(this.payee, SESSIONS[session % SESSIONS.length])
  }

  async pay(tickets: number, session: number): Promise<void> {
    if (!this.#sender.offered) await this.ask(session)
    const payment = await this.#sender.pay(tickets)
    for (const { ticket } of ticketsOf(payment)) this.#real.set(toHex(ticketHash(ticket)), expectedValue(ticket))
    this.#sent.push(payment)
    await this.#send(payment, session)
  }

  async again(which: number, session: number): Promise<void> {
    const payment = this.#sent[which % Math.max(1, this.#sent.length)]
    if (payment) await this.#send(payment, session)
  }

  async forge(which: number, change: (payment: TicketPayment, purchase: Purchase) => TicketPayment): Promise<void> {
    const payment = this.#sent[which % Math.max(1, this.#sent.length)]
    if (payment?.purchase) await this.#send(change(payment, payment.purchase), which)
  }

  charge(which: number, pixels: number): void {
    const open = this.#works[which % Math.max(1, this.#works.length)]
    if (!open) return
    const before = this.held
    open.debit(BigInt(pixels))
    this.#charged = this.#charged.plus(before.minus(this.held))
  }

  /** Wei in all sessions. */
  get held(): Rational {
    const senders = [this.#sender.signer, signerOf(3)]
    const balances = senders.flatMap((signer) =>
      SESSIONS.map((session) => Rational.parse(this.payee.balance(signer, session) ?? '0')),
    )
    return balances.reduce<Rational>((sum, balance) => sum.plus(balance ?? Rational.ZERO), Rational.ZERO)
  }

  /** What is wrong: a ticket that counts twice or was never signed, a winner that is none. */
  faults(): readonly string[] {
    const most = [...this.#real.values()].reduce((sum, ev) => sum.plus(ev), Rational.ZERO)
    const credited = this.held.plus(this.#charged)
    const winners = this.payee.winners.unsettled()
    const keys = new Set(winners.map(({ key }) => key))
    return [
      ...(credited.isMoreThan(most)
        ? [`credit of ${credited.toString()} wei for tickets worth ${most.toString()} wei`]
        : []),
      ...(keys.size === winners.length ? [] : ['a winner that is there twice']),
      ...winners.filter(({ key }) => !this.#real.has(key.slice(2))).map(({ key }) => `${key} was never signed`),
      ...winners.filter(({ ticket }) => !isRedeemable(ticket)).map(({ key }) => `${key} cannot be redeemed`),
    ]
  }

  async #send(payment: TicketPayment, session: number): Promise<void> {
    const id = SESSIONS[session % SESSIONS.length] ?? 'a'
    try {
      this.#works.push(await this.payee.receive(payment, id))
    } catch (error) {
      if (!isLivepeerError(error) || error.kind === 'bug') throw error
    }
  }
}

/** Would the contract take it? @throws where nobody has signed it */
function isRedeemable(winner: WinningTicket): boolean {
  verifyTicketSignature(winner)
  const { recipientRand, ticket } = winner
  return isWinner(winner, recipientRand) && sameBytes(recipientRandHash(recipientRand), ticket.recipientRandHash)
}
