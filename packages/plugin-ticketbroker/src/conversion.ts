import { type Chain, PriceFeedContract } from '@livepeer-node/chain'
import type { Scope } from './foundation.ts'
import type { TicketBrokerOptions } from './options.ts'
import { PriceList } from './payee/price-list.ts'
import { PriceFeed } from './price-feed.ts'
import { type Convert, etherOnly, followsRate } from './pricing.ts'

/** How prices become wei. The feed of exchange rates is only asked where a price needs it. */
export async function openConversion(node: Scope, chain: Chain, settings: TicketBrokerOptions): Promise<Convert> {
  const { maxPricePerUnit, priceFeedAddr } = settings
  if (!followsRate([maxPricePerUnit, ...PriceList.written(settings)])) return etherOnly
  const { provider } = chain
  const feed = await PriceFeed.open(new PriceFeedContract({ provider, address: priceFeedAddr }))
  const { base, quote, rate } = feed.rate
  node.log.info('exchange rate followed', { base, quote, rate: rate.toFixed(2), feed: priceFeedAddr })
  node.on.lifecycle.ready(() => void feed.run(node))
  return (amount) => feed.toWei(amount)
}
