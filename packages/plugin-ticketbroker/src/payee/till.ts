import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KeyObject } from 'node:crypto'
import {
  addressText,
  checkPaidTerms,
  decodeTicketPayment,
  feeOf,
  NonceBook,
  Rational,
  readPrice,
  receiveTickets,
  type ReceivedTicket,
  type TicketPayment,
  type WinningTicket,
} from '@livepeer-node/protocol'
import { type Clock, type IncomingPayment, type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { insufficientBalance, orchestratorInactive, priceTooLow } from '../errors.ts'
import type { PayeeLedger, UsedNonces } from '../store/ledger.ts'
import { BALANCE_LIFE_MS, Balances, type SessionBalance, type SessionKey } from './balances.ts'
import type { PayeeChain } from './chain.ts'
import type { SenderMonitor } from './sender-monitor.ts'
import type { PayeeSettings } from './settings.ts'

/** Signatures checked before others have a turn: about 3 ms. */
const TICKETS_PER_TURN = 32
/** L1 blocks for which nonces outlive their terms: the chain may go back that far. */
const NONCE_MARGIN_BLOCKS = 64n

export interface TillInit {
  readonly settings: Pick<PayeeSettings, 'recipient' | 'ticketEv'>
  readonly secret: KeyObject
  readonly chain: PayeeChain
  readonly senders: SenderMonitor
  readonly ledger: PayeeLedger
  /** Wei per pixel: a session of this sender does not begin below it. */
  readonly leastPrice: (sender: Uint8Array) => Rational
  /** On disk when it returns. */
  readonly keep: (winner: WinningTicket) => void
  readonly clock: Clock
  readonly log: Logger
}

/** What came of a payment. */
export interface Receipt extends SessionKey {
  /** Of the session, after it; `undefined`: it never paid. */
  readonly balance: SessionBalance | undefined
  readonly tickets: number
  readonly won: number
  /** Wei. */
  readonly credit: Rational
  /** Why some of its tickets count for nothing. */
  readonly fault: LivepeerError | undefined
}

/** Takes payments, and keeps the balances of sessions (payments.md A7–A10). */
export class Till {
  readonly #init: TillInit
  readonly #balances: Balances
  readonly #nonces = new NonceBook()

  /** With what the ledger knows from before. */
  constructor(init: TillInit) {
    this.#init = init
    const { ledger, clock } = init
    this.#balances = new Balances(clock, ledger.balances(clock.now() - BALANCE_LIFE_MS))
    for (const { nonces, ...terms } of ledger.nonces()) {
      for (const nonce of nonces) this.#nonces.note({ ...terms, nonce })
    }
  }

  /** None of these may grow for ever. */
  get sizes(): Readonly<Record<string, number>> {
    return { balances: this.#balances.size, terms: this.#nonces.size }
  }

  balanceOf(session: SessionKey): SessionBalance | undefined {
    return this.#balances.get(session)
  }

  /**
   * Takes a payment: nonces, credit and winners are on disk when it resolves. A ticket that is refused makes those after it
   * count for nothing; that is told in the receipt.
   * @throws what makes all of it worth nothing, with the text that peers know
   */
  async take({ header, sessionId }: IncomingPayment): Promise<Receipt> {
    const payment = decodeTicketPayment(header)
    const session = { sender: payment.sender, sessionId }
    if (!payment.purchase) {
      this.#checkPrice(payment, session)
      const none = { tickets: 0, won: 0, credit: Rational.ZERO, fault: undefined }
      return { ...session, ...none, balance: this.balanceOf(session) }
    }
    this.#checkActive()
    const recipientRand = checkPaidTerms(payment, {
      secret: this.#init.secret,
      recipient: this.#init.settings.recipient,
    })
    this.#checkOpening(payment, session)
    const { funds } = await this.#init.senders.of(payment.sender)
    const taken = await this.#tickets(payment, funds)
    const { expirationBlock } = payment.purchase.terms
    const { nonces, ...sums } = taken
    const used = { recipientRand, expirationBlock, sender: payment.sender, nonces }
    return { ...session, ...sums, balance: this.#credit(session, { used, payment, credit: sums.credit }) }
  }

  /**
   * Honest broadcasters hold a ticket's worth at least for each segment that is under way.
   * @param open segments that were paid for and not charged yet
   * @throws `LP_BALANCE`
   */
  requireCover({ sender, sessionId, balance }: Receipt, open: number): void {
    const needs = this.#init.settings.ticketEv * BigInt(open + 1)
    if (balance && balance.price.sign <= 0) return
    const has = balance?.amount ?? Rational.ZERO
    if (!balance || has.isLessThan(Rational.of(needs))) {
      throw insufficientBalance({ sender: addressText(sender), sessionId, has: has.toFixed(0), needs })
    }
  }

  /** Charges a session; its balance may become negative. @returns wei */
  charge(session: SessionKey, pixels: bigint): Rational {
    const balance = this.#balances.get(session)
    if (!balance || pixels <= 0n) return Rational.ZERO
    const fee = feeOf(pixels, balance.price)
    const after = this.#balances.plus(session, fee.negated(), balance.price)
    this.#balances.set(after)
    try {
      this.#init.ledger.charged(after)
    } catch (error) {
      // It counts all the same, until the node ends.
      this.#init.log.error('a charge could not be written down', { ...fields(session), error: toLivepeerError(error) })
    }
    return fee
  }

  /** Forgets what is past. @param l1Block latest */
  sweep(l1Block: bigint): void {
    const { ledger, clock } = this.#init
    const past = l1Block - NONCE_MARGIN_BLOCKS
    this.#nonces.forgetExpired(past)
    this.#balances.forgetIdle()
    ledger.forgetNonces(past)
    ledger.forgetBalances(clock.now() - BALANCE_LIFE_MS)
  }

  /** A price without tickets is not covered by any secret: what was agreed on counts (payments.md H16). */
  #checkPrice({ expectedPrice }: TicketPayment, session: SessionKey): void {
    const agreed = this.balanceOf(session)?.price
    if (expectedPrice === undefined && !agreed) return
    const price = readPrice(expectedPrice)
    if (agreed && price.isLessThan(agreed)) throw priceTooLow(price, agreed)
  }

  /** Terms of an old session are good for a new one as well, but not its price: sessions would hand that down for ever. */
  #checkOpening({ expectedPrice }: TicketPayment, session: SessionKey): void {
    if (this.balanceOf(session)) return
    const price = readPrice(expectedPrice)
    const least = this.#init.leastPrice(session.sender)
    if (price.isLessThan(least)) throw priceTooLow(price, least)
  }

  #checkActive(): void {
    const { isActive, clock } = this.#init.chain.position()
    if (!isActive) throw orchestratorInactive(addressText(this.#init.settings.recipient), clock.round)
  }

  async #tickets(payment: TicketPayment, funds: { readonly withdrawRound: bigint }) {
    const { secret, settings, chain } = this.#init
    const { l1Block, clock } = chain.position()
    const context = { secret, funds, chain: { l1Block, round: clock.round }, nonces: this.#nonces }
    const nonces: number[] = []
    let [tickets, won, credit]: [number, number, Rational] = [0, 0, Rational.ZERO]
    let fault: LivepeerError | undefined
    for (const received of receiveTickets(payment, { ...context, recipient: settings.recipient })) {
      tickets += 1
      if (this.#keepIfWon(received)) won += 1
      if (!received.error) nonces.push(received.ticket.senderNonce)
      credit = credit.plus(received.credit)
      fault = received.error ?? fault
      if (tickets % TICKETS_PER_TURN === 0) await nextTurn()
    }
    return { nonces, tickets, won, credit, fault }
  }

  #keepIfWon({ win }: ReceivedTicket): boolean {
    if (!win) return false
    this.#init.keep(win)
    return true
  }

  /** Disk first: what is not written down was not accepted. */
  #credit(
    session: SessionKey,
    paid: { used: UsedNonces; payment: TicketPayment; credit: Rational },
  ): SessionBalance | undefined {
    // Terms that are past authenticate a price that is past too: it must not become the session's.
    if (paid.used.nonces.length === 0) return this.balanceOf(session)
    const after = this.#balances.plus(session, paid.credit, readPrice(paid.payment.expectedPrice))
    this.#init.ledger.paid(paid.used, after)
    this.#balances.set(after)
    return after
  }
}

function fields({ sender, sessionId }: SessionKey) {
  return { sender: addressText(sender), sessionId }
}
