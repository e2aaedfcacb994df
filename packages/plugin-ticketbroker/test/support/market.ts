import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from '@bufbuild/protobuf'
import {
  AuthTokenSchema,
  decodeMessage,
  encodeMessage,
  OrchestratorInfoSchema,
  PriceInfoSchema,
  Rational,
  type SenderFunds,
  type Signer,
  TicketParamsSchema,
  type WinningTicket,
} from '@livepeer-node/protocol'
import type { PaidWork, PaymentReport } from '@livepeer-node/sdk'
import { FakeClock, recordedLog } from '@livepeer-node/test-kit'
import { PayeeCounts } from '../../src/payee/counts.ts'
import type { PayeePosition } from '../../src/payee/chain.ts'
import { PriceList } from '../../src/payee/price-list.ts'
import { SenderMonitor } from '../../src/payee/sender-monitor.ts'
import type { PayeeSettings } from '../../src/payee/settings.ts'
import { TermsDesk } from '../../src/payee/terms-desk.ts'
import { TicketPayee } from '../../src/payee/ticket-payee.ts'
import { Till } from '../../src/payee/till.ts'
import { Payers } from '../../src/payer/payers.ts'
import type { PayerChain, PayerLimits } from '../../src/payer/ticket-payer.ts'
import { TicketDatabase } from '../../src/store/database.ts'
import { PayeeLedger } from '../../src/store/ledger.ts'
import { signerOf } from './tickets.ts'

export const TICKET_EV = 8_000_000_000n
/** What `aMarket` asks for unless it is told otherwise, wei per pixel. */
export const PRICE = '300'

/** The chain, as both sides see it. */
export class MarketChain {
  l1Block = 1000n
  round = 7n
  funds: SenderFunds = {
    deposit: 10n ** 18n,
    withdrawRound: 0n,
    reserve: { fundsRemaining: 10n ** 18n, claimedInCurrentRound: 0n },
  }

  position(): PayeePosition {
    return {
      l1Block: this.l1Block,
      block: this.l1Block,
      clock: { round: this.round, startBlock: this.l1Block, lengthBlocks: 5760n, validityRounds: 2n },
      latest: this.#roundOf(this.round),
      previous: this.#roundOf(this.round - 1n),
      poolSize: 4n,
      isActive: true,
      gasPrice: 0n,
    }
  }

  payerChain(): PayerChain {
    return {
      position: () => ({ l1Block: this.l1Block, round: this.round, ticketRound: this.#roundOf(this.round) }),
      funds: () => this.funds,
    }
  }

  #roundOf(creationRound: bigint) {
    return { creationRound, creationRoundBlockHash: new Uint8Array(32).fill(Number(creationRound)) }
  }
}

/** A broadcaster and an orchestrator without anything between them. */
export interface Market extends Disposable {
  readonly chain: MarketChain
  readonly payers: Payers
  readonly reports: PaymentReport[]
  readonly winners: WinningTicket[]
  /** Encoded `OrchestratorInfo` of a session, with new terms. */
  info(sessionId: string): Promise<Uint8Array>
  receive(header: string, sessionId: string): Promise<PaidWork>
  /** Wei that the orchestrator holds. */
  balance(sessionId: string): Rational
}

export interface MarketOptions {
  readonly pricePerUnit?: string
  readonly limits?: Partial<PayerLimits>
  readonly sender?: Signer
}

/** Both sides as they are, on a chain of two variables. */
export function aMarket(options: MarketOptions = {}): Market {
  const { pricePerUnit = PRICE, sender = signerOf(1) } = options
  const dir = mkdtempSync(join(tmpdir(), 'market-'))
  const db = TicketDatabase.open(join(dir, 'tickets.sqlite'))
  const chain = new MarketChain()
  const winners: WinningTicket[] = []
  const { payee, till } = payeeOn(chain, db, { pricePerUnit, keep: (winner) => winners.push(winner) })
  const reports: PaymentReport[] = []
  const limits = { maxTicketEv: Rational.of(3n * 10n ** 12n), maxTotalEv: Rational.of(2n * 10n ** 13n) }
  const payers = new Payers({
    signer: sender,
    chain: chain.payerChain(),
    limits: { ...limits, depositMultiplier: 1n, ...options.limits },
    report: (report) => reports.push(report),
  })
  return {
    chain,
    payers,
    reports,
    winners,
    info: async (sessionId) => infoOf(await payee.quote({ sender: sender.address, sessionId }), sessionId),
    receive: (header, sessionId) => payee.receive({ header, sessionId }),
    balance: (sessionId) => till.balanceOf({ sender: sender.address, sessionId })?.amount ?? Rational.ZERO,
    [Symbol.dispose]: () => {
      db.close()
      rmSync(dir, { recursive: true })
    },
  }
}

function payeeOn(
  chain: MarketChain,
  db: TicketDatabase,
  { pricePerUnit, keep }: { pricePerUnit: string; keep: (winner: WinningTicket) => void },
) {
  const [clock, log] = [new FakeClock(), recordedLog([])]
  const { address } = signerOf(2)
  const settings: PayeeSettings = {
    address,
    recipient: address,
    ticketEv: TICKET_EV,
    maxFaceValue: 0n,
    redeemGas: 350_000n,
    autoAdjustPrice: false,
  }
  const senders = new SenderMonitor({ read: async () => ({ funds: chain.funds, claimed: 0n }), clock, log })
  const secret = createSecretKey(randomBytes(32))
  const prices = PriceList.from({ pricePerUnit, pixelsPerUnit: '1' })
  const desk = new TermsDesk({ settings, prices, chain, senders, pending: () => 0n, secret })
  const leastPrice = (sender: Uint8Array) => desk.leastPrice(sender)
  const ledger = new PayeeLedger(db)
  const till = new Till({ settings, secret, chain, senders, ledger, leastPrice, keep, clock, log })
  const payee = new TicketPayee({ settings, desk, till, counts: new PayeeCounts(), report: () => {}, log })
  return { payee, till }
}

function infoOf(quote: { ticketParams?: Uint8Array; priceInfo: Uint8Array }, sessionId: string): Uint8Array {
  const { ticketParams, priceInfo } = quote
  const info = create(OrchestratorInfoSchema, {
    transcoder: 'https://127.0.0.1:8935',
    authToken: create(AuthTokenSchema, { sessionId }),
    priceInfo: decodeMessage(PriceInfoSchema, priceInfo),
    ...(ticketParams && { ticketParams: decodeMessage(TicketParamsSchema, ticketParams) }),
  })
  return encodeMessage(OrchestratorInfoSchema, info)
}
