import type { ChainLog, ChainWatcher } from '@livepeer-node/chain'
import { Rational } from '@livepeer-node/protocol'
import type { Foundation, Scope } from './foundation.ts'
import type { TicketBrokerOptions } from './options.ts'
import { OwnFunds } from './payer/own-funds.ts'
import { Payers } from './payer/payers.ts'
import type { PayerChain, PayerLimits } from './payer/ticket-payer.ts'
import { type Convert, livePrice } from './pricing.ts'

/** Answers `payment.payer`. */
export async function payerSide(node: Scope, foundation: Foundation, settings: TicketBrokerOptions): Promise<void> {
  const { account, chain, watcher, convert } = foundation
  const { signer } = account
  const { ticketBroker } = chain.contracts
  const funds = await OwnFunds.open(() => ticketBroker.readSender(signer.address), node.log)
  const payers = new Payers({
    signer,
    chain: payerChain(watcher, funds),
    limits: limitsOf(settings, convert),
    report: (report) => node.run.payment.reported(report),
  })
  follow(node, foundation, funds)
  node.on.payment.payer((request) => payers.open(request))
  node.on.lifecycle.metrics(() => payers.metrics())
  node.on.lifecycle.status(() => [{ name: 'payer', data: payers.status() }])
}

function payerChain(watcher: ChainWatcher, funds: OwnFunds): PayerChain {
  return {
    position: () => {
      const { l1Block, round } = watcher.position
      const ticketRound = { creationRound: round.number, creationRoundBlockHash: round.blockHash }
      return { l1Block, round: round.number, ticketRound }
    },
    funds: () => funds.last,
  }
}

function limitsOf(settings: TicketBrokerOptions, convert: Convert): PayerLimits {
  const { maxTicketEV, maxTotalEV, depositMultiplier, maxPricePerUnit, pixelsPerUnit } = settings
  const maxPrice = livePrice(maxPricePerUnit, pixelsPerUnit, convert)
  return {
    maxTicketEv: Rational.of(maxTicketEV),
    maxTotalEv: Rational.of(maxTotalEV),
    depositMultiplier,
    get maxPrice() {
      const most = maxPrice()
      return most.sign > 0 ? most : undefined
    },
  }
}

/** Winners, deposits and unlocks change the funds; so do a round and a past that has changed. */
function follow(node: Scope, { account, chain, watcher }: Foundation, funds: OwnFunds): void {
  const own = account.address.slice(2).toLowerCase()
  const happened = ({ topics }: ChainLog) => {
    if (topics.some((topic) => topic.endsWith(own))) funds.changed()
  }
  const undo = [
    watcher.subscribe({ address: chain.contracts.ticketBroker.address }, { added: happened, removed: happened }),
    watcher.on('block', () => void funds.refresh()),
    watcher.on('round', () => funds.changed()),
    watcher.on('reorg', () => funds.changed()),
  ]
  node.defer(() => {
    for (const stop of undo) stop()
  })
}
