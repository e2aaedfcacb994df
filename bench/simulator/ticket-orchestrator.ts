import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Rational, ticketSecret } from '@livepeer-node/protocol'
import { type IncomingPayment, type PaidWork, type Payee, type QuoteRequest, systemClock } from '@livepeer-node/sdk'
// A bench looks behind what packages show to others.
import { PayeeCounts } from '../../packages/plugin-ticketbroker/src/payee/counts.ts'
import { PriceList } from '../../packages/plugin-ticketbroker/src/payee/price-list.ts'
import { SenderMonitor } from '../../packages/plugin-ticketbroker/src/payee/sender-monitor.ts'
import { TermsDesk } from '../../packages/plugin-ticketbroker/src/payee/terms-desk.ts'
import { TicketPayee } from '../../packages/plugin-ticketbroker/src/payee/ticket-payee.ts'
import { Till } from '../../packages/plugin-ticketbroker/src/payee/till.ts'
import { TicketDatabase } from '../../packages/plugin-ticketbroker/src/store/database.ts'
import { PayeeLedger } from '../../packages/plugin-ticketbroker/src/store/ledger.ts'
import { silentLog } from '../lib/quiet-log.ts'
import { ETHER, WORLD } from './world.ts'

/** One life of it: from a start to the end of its process. */
interface Life {
  readonly db: TicketDatabase
  readonly till: Till
  readonly payee: TicketPayee
}

/** Our own orchestrator's half, on a real database; it may be started again at any moment. Only the chain is a fixed one. */
export class TicketOrchestrator implements Payee, Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'livepeer-bench-payee-'))
  #life = this.#begin()

  get address(): Uint8Array {
    return this.#life.payee.address
  }

  quote(request: QuoteRequest) {
    return this.#life.payee.quote(request)
  }

  receive(payment: IncomingPayment): Promise<PaidWork> {
    return this.#life.payee.receive(payment)
  }

  credit(payment: IncomingPayment): Promise<void> {
    return this.#life.payee.credit(payment)
  }

  endSession(): void {
    this.#life.payee.endSession()
  }

  /** Wei that it holds for a session. */
  balance(sender: Uint8Array, sessionId: string): Rational {
    return this.#life.till.balanceOf({ sender, sessionId })?.amount ?? Rational.ZERO
  }

  /** Its process ends, and the next one begins: what is not on disk is gone. */
  restart(): void {
    this.#life.db.close()
    this.#life = this.#begin()
  }

  [Symbol.dispose](): void {
    this.#life.db.close()
    rmSync(this.#folder, { recursive: true })
  }

  #begin(): Life {
    const db = TicketDatabase.open(join(this.#folder, 'tickets.sqlite'))
    const ledger = new PayeeLedger(db)
    const secret = ticketSecret(ledger.secret())
    const { ev, maxFaceValue, redeemGas } = WORLD.value
    const { recipient } = WORLD
    const settings = { address: recipient, recipient, ticketEv: ev, maxFaceValue, redeemGas, autoAdjustPrice: false }
    const parts = { settings, secret, chain: { position }, senders, clock: systemClock, log: silentLog }
    const prices = PriceList.from({ pricePerUnit: WORLD.price.toFixed(1), pixelsPerUnit: '1' })
    const desk = new TermsDesk({ ...parts, prices, pending: () => 0n })
    const leastPrice = (sender: Uint8Array) => desk.leastPrice(sender)
    const till = new Till({ ...parts, ledger, leastPrice, keep: () => undefined })
    const counts = new PayeeCounts()
    return { db, till, payee: new TicketPayee({ ...parts, desk, till, counts, report: () => undefined }) }
  }
}

const senders = new SenderMonitor({
  read: () => {
    const reserve = { fundsRemaining: ETHER, claimedInCurrentRound: 0n }
    return Promise.resolve({ funds: { deposit: ETHER, withdrawRound: 0n, reserve }, claimed: 0n })
  },
  clock: systemClock,
  log: silentLog,
})

function position() {
  const { l1Block, round, value } = WORLD
  const clock = { round: round.creationRound, startBlock: l1Block - 100n, lengthBlocks: 5760n, validityRounds: 2n }
  const { gasPrice } = value
  return { l1Block, block: l1Block, clock, latest: round, previous: round, poolSize: 1n, isActive: true, gasPrice }
}
