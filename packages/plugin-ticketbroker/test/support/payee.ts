import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  decodeMessage,
  encodeTicketPayment,
  MAX_WIN_PROB,
  type PaidTerms,
  type PriceInfo,
  PriceInfoSchema,
  Rational,
  readPrice,
  readTerms,
  type SenderFunds,
  type Signer,
  type TicketPayment,
  TicketParamsSchema,
  TicketSeries,
  ticketSecret,
} from '@livepeer-node/protocol'
import type { PaidWork, Payee, PaymentReport } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import type { PayeeChain, PayeePosition, SenderState } from '../../src/payee/chain.ts'
import { PayeeCounts } from '../../src/payee/counts.ts'
import { PriceList, type PriceOptions } from '../../src/payee/price-list.ts'
import { SenderMonitor } from '../../src/payee/sender-monitor.ts'
import type { PayeeSettings } from '../../src/payee/settings.ts'
import { TermsDesk } from '../../src/payee/terms-desk.ts'
import { TicketPayee } from '../../src/payee/ticket-payee.ts'
import { Till } from '../../src/payee/till.ts'
import { WinnerKeeper } from '../../src/payee/winner-keeper.ts'
import { TicketDatabase } from '../../src/store/database.ts'
import { PayeeLedger } from '../../src/store/ledger.ts'
import { WinnerTable } from '../../src/store/winners.ts'
import { signerOf } from './tickets.ts'

export const EV = 1000n
export const SESSION = 'cafe0001'

const roundOf = (creationRound: bigint) => ({
  creationRound,
  creationRoundBlockHash: new Uint8Array(32).fill(Number(creationRound)),
})

/** A chain that is set by hand, and counts who asks. */
export class HandChain implements PayeeChain {
  l1Block = 1000n
  round = 7n
  /** So dear that no ticket wins by chance: 1 of 10^13 does. */
  gasPrice = 10n ** 9n
  isActive = true
  poolSize = 4n
  funds: SenderFunds = {
    deposit: 10n ** 18n,
    withdrawRound: 0n,
    reserve: { fundsRemaining: 10n ** 18n, claimedInCurrentRound: 0n },
  }
  /** Set: nothing can be read. */
  outage: Error | undefined
  reads = 0

  position(): PayeePosition {
    const { l1Block, round, poolSize, isActive, gasPrice } = this
    const clock = { round, startBlock: 900n, lengthBlocks: 5760n, validityRounds: 2n }
    const rounds = { latest: roundOf(round), previous: roundOf(round - 1n) }
    return { l1Block, block: l1Block, clock, ...rounds, poolSize, isActive, gasPrice }
  }

  async read(): Promise<SenderState> {
    this.reads += 1
    if (this.outage) throw this.outage
    return { funds: this.funds, claimed: 0n }
  }
}

export interface PayeeOptions extends Partial<PriceOptions> {
  readonly autoAdjustPrice?: boolean
}

/** An orchestrator's payee on a store of its own, which can be stopped and started again. */
export class TestPayee implements Disposable {
  readonly chain = new HandChain()
  readonly clock = new FakeClock()
  readonly lines: LogLine[] = []
  readonly reports: PaymentReport[] = []
  readonly prices: PriceList
  readonly #folder = mkdtempSync(join(tmpdir(), 'payee-'))
  readonly #options: PayeeOptions
  #parts: ReturnType<TestPayee['open']>

  constructor(options: PayeeOptions = {}) {
    this.#options = options
    this.prices = PriceList.from({ pricePerUnit: '3', pixelsPerUnit: '2', ...options })
    this.#parts = this.open()
  }

  get payee(): TicketPayee {
    return this.#parts.payee
  }

  get till(): Till {
    return this.#parts.till
  }

  get senders(): SenderMonitor {
    return this.#parts.senders
  }

  get winners(): WinnerTable {
    return this.#parts.winners
  }

  /** The process ends without a word, and another one begins. */
  restart(): void {
    this.#parts.db.close()
    this.#parts = this.open()
  }

  open() {
    const { chain, clock } = this
    const log = recordedLog(this.lines)
    const report = (one: PaymentReport) => void this.reports.push(one)
    const db = TicketDatabase.open(join(this.#folder, 'tickets.sqlite'))
    const { address } = signerOf(2)
    const settings: PayeeSettings = {
      address,
      recipient: address,
      ticketEv: EV,
      maxFaceValue: 0n,
      redeemGas: 100_000n,
      autoAdjustPrice: this.#options.autoAdjustPrice ?? false,
    }
    const ledger = new PayeeLedger(db)
    const secret = ticketSecret(ledger.secret())
    const senders = new SenderMonitor({ read: () => chain.read(), clock, log })
    const winners = new WinnerTable(db, clock)
    const keeper = new WinnerKeeper({ store: winners, chain, wake: () => {}, report, log })
    const keep = keeper.keep.bind(keeper)
    const { prices } = this
    const desk = new TermsDesk({ settings, prices, chain, senders, pending: () => 0n, secret })
    const leastPrice = (sender: Uint8Array) => desk.leastPrice(sender)
    const till = new Till({ settings, secret, chain, senders, ledger, leastPrice, keep, clock, log })
    const payee = new TicketPayee({ settings, desk, till, counts: new PayeeCounts(), report, log })
    return { db, payee, till, senders, winners }
  }

  balance(sender: Signer = signerOf(1), sessionId = SESSION): string | undefined {
    return this.till.balanceOf({ sender: sender.address, sessionId })?.amount.toString()
  }

  receive(payment: TicketPayment | string, sessionId = SESSION): Promise<PaidWork> {
    const header = typeof payment === 'string' ? payment : encodeTicketPayment(payment)
    return this.payee.receive({ header, sessionId })
  }

  [Symbol.dispose](): void {
    this.#parts.db.close()
    rmSync(this.#folder, { recursive: true })
  }
}

/** What an orchestrator has offered. */
export interface Offered {
  readonly terms: PaidTerms
  readonly expectedPrice: PriceInfo
  readonly price: Rational
}

/** A broadcaster that pays by the book, one session at a time. */
export class TestSender {
  readonly signer: Signer
  #series: TicketSeries | undefined
  offered: Offered | undefined

  constructor(signer = signerOf(1)) {
    this.signer = signer
  }

  async ask({ payee }: { readonly payee: Pick<Payee, 'quote'> }, sessionId?: string): Promise<Offered> {
    const { address } = this.signer
    const quote = await payee.quote({ sender: address, ...(sessionId !== undefined && { sessionId }) })
    const terms = readTerms(decodeMessage(TicketParamsSchema, quote.ticketParams ?? new Uint8Array()))
    const expectedPrice = decodeMessage(PriceInfoSchema, quote.priceInfo)
    if (!terms.round) throw new Error('terms without a round')
    this.offered = { terms: { ...terms, round: terms.round }, expectedPrice, price: readPrice(expectedPrice) }
    this.#series = new TicketSeries({ signer: this.signer, terms, round: terms.round })
    return this.offered
  }

  /** Tickets on the latest terms. */
  async pay(count: number): Promise<TicketPayment & { purchase: NonNullable<TicketPayment['purchase']> }> {
    if (!this.offered || !this.#series) throw new Error('nothing was offered')
    const { terms, expectedPrice } = this.offered
    const signed = await this.#series.create(count)
    const tickets = signed.map(({ ticket, signature }) => ({ senderNonce: ticket.senderNonce, signature }))
    return { sender: this.signer.address, expectedPrice, purchase: { terms, tickets } }
  }

  /** Only says who it is, and what it takes the price to be. */
  nothing(): TicketPayment {
    if (!this.offered) throw new Error('nothing was offered')
    return { sender: this.signer.address, expectedPrice: this.offered.expectedPrice }
  }
}

/** Wei that this many tickets on these terms are worth. */
export function worth({ terms: { faceValue, winProb } }: Offered, count: number): Rational {
  return Rational.of(faceValue * winProb * BigInt(count), MAX_WIN_PROB)
}
