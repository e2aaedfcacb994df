import { join } from 'node:path'
import type { ChainLog } from '@livepeer-node/chain'
import { REDEEM_GAS_L1, ticketSecret } from '@livepeer-node/protocol'
import { type PaymentReport, toLivepeerError } from '@livepeer-node/sdk'
import { ticketRoutes } from './control-routes.ts'
import type { Foundation, Scope } from './foundation.ts'
import type { TicketBrokerOptions } from './options.ts'
import { PayeeCounts } from './payee/counts.ts'
import { PriceList } from './payee/price-list.ts'
import { SenderMonitor } from './payee/sender-monitor.ts'
import type { PayeeSettings } from './payee/settings.ts'
import { TermsDesk } from './payee/terms-desk.ts'
import { TicketPayee } from './payee/ticket-payee.ts'
import { Till } from './payee/till.ts'
import { WatchedChain } from './payee/watched-chain.ts'
import { WinnerKeeper } from './payee/winner-keeper.ts'
import { TicketDatabase } from './store/database.ts'
import { PayeeLedger } from './store/ledger.ts'
import { WinnerTable } from './store/winners.ts'

const SWEEP_MS = 60_000
/** Topic of a sender's address in each event of the contract. */
const SENDER_TOPIC = 1

/** What redemption takes, and what being paid needs of it. */
export interface RedemptionLink {
  /** Face values of this sender that are being redeemed, wei. */
  pending(sender: Uint8Array): bigint
  /** A winner has come. */
  wake(): void
}

/** Everything that being paid consists of. */
export interface PayeeSide {
  readonly winners: WinnerTable
  /** Redemption reports here once it runs. */
  connect(redemption: RedemptionLink): void
}

/** Answers `payment.payee`. */
export async function payeeSide(
  node: Scope,
  foundation: Foundation,
  settings: TicketBrokerOptions,
): Promise<PayeeSide> {
  const { clock, log } = node
  const { chain, watcher } = foundation
  const prices = PriceList.from(settings, foundation.convert)
  const payeeSettings = settingsOf(foundation, settings)
  const { recipient } = payeeSettings
  const db = TicketDatabase.open(join(node.dataDir, 'tickets.sqlite'))
  node.defer(() => db.close())
  const winners = new WinnerTable(db, clock)
  const ledger = new PayeeLedger(db)
  const watched = await WatchedChain.open({ chain, watcher, recipient, log })
  const senders = new SenderMonitor({ read: (sender, isAgain) => watched.readSender(sender, isAgain), clock, log })
  const secret = ticketSecret(ledger.secret())
  let redemption: RedemptionLink = { pending: () => 0n, wake: () => undefined }
  const report = (event: PaymentReport) => node.run.payment.reported(event)
  const keeper = new WinnerKeeper({ store: winners, chain: watched, wake: () => redemption.wake(), report, log })
  const keep = keeper.keep.bind(keeper)
  const pending = (sender: Uint8Array) => redemption.pending(sender)
  const shared = { settings: payeeSettings, chain: watched, senders, secret }
  const desk = new TermsDesk({ ...shared, prices, pending })
  const leastPrice = (sender: Uint8Array) => desk.leastPrice(sender)
  const till = new Till({ ...shared, ledger, leastPrice, keep, clock, log })
  const counts = new PayeeCounts()
  const payee = new TicketPayee({ settings: payeeSettings, desk, till, counts, report, log })

  follow(node, foundation, { watched, senders })
  void every(node, SWEEP_MS, () => {
    keeper.retry()
    till.sweep(watched.position().l1Block)
  })
  node.on.payment.payee(() => payee)
  const controls = { prices, list: (limit: number) => winners.list(limit), redeem: () => redemption.wake() }
  node.on.http.routes((listener) => (listener === 'control' ? ticketRoutes(controls) : []))
  node.on.lifecycle.metrics(() => counts.metrics({ ...till.sizes, senders: senders.size, unsaved: keeper.unsaved }))
  node.on.lifecycle.status(() => [
    { name: 'payee', data: { ...counts.status(), price: prices.standard.toString(), registries: till.sizes } },
  ])
  return {
    winners,
    connect: (link) => {
      redemption = link
    },
  }
}

function settingsOf({ account, network }: Foundation, settings: TicketBrokerOptions): PayeeSettings {
  const { ticketEV, maxFaceValue, autoAdjustPrice, redeemGas, ethOrchAddr } = settings
  const { address } = account.signer
  return {
    address,
    recipient: ethOrchAddr === undefined ? address : new Uint8Array(Buffer.from(ethOrchAddr.slice(2), 'hex')),
    ticketEv: ticketEV,
    maxFaceValue,
    redeemGas: redeemGas ?? network.redeemGas ?? REDEEM_GAS_L1,
    autoAdjustPrice,
  }
}

/** Keeps what is known of senders and rounds as fresh as the chain allows. */
function follow(node: Scope, { chain, watcher }: Foundation, known: { watched: WatchedChain; senders: SenderMonitor }) {
  const { watched, senders } = known
  const happened = ({ topics }: ChainLog) => {
    const topic = topics[SENDER_TOPIC]
    if (topic !== undefined) senders.changed(new Uint8Array(Buffer.from(topic.slice(-40), 'hex')))
  }
  const allChanged = () => {
    senders.allChanged()
    watched.roundChanged()
    void watched.refresh()
  }
  const undo = [
    watcher.subscribe({ address: chain.contracts.ticketBroker.address }, { added: happened, removed: happened }),
    watcher.on('block', () => {
      senders.refresh()
      void watched.refresh()
    }),
    watcher.on('round', allChanged),
    watcher.on('reorg', allChanged),
  ]
  node.defer(() => {
    for (const stop of undo) stop()
  })
}

/** Until the node stops; what fails is logged, and done again the next time. */
async function every(node: Scope, ms: number, action: () => void): Promise<void> {
  while (!node.signal.aborted) {
    await node.clock.sleep(ms, node.signal).catch(() => undefined)
    if (node.signal.aborted) return
    try {
      action()
    } catch (error) {
      node.log.error('the books could not be tidied', { error: toLivepeerError(error) })
    }
  }
}
