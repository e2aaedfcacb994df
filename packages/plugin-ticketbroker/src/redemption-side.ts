import type { Foundation, Scope } from './foundation.ts'
import type { TicketBrokerOptions } from './options.ts'
import { BrokerChain } from './redemption/broker-chain.ts'
import { redemptionMetrics } from './redemption/metrics.ts'
import { RedemptionQueue } from './redemption/queue.ts'
import { runRedemption } from './redemption/runner.ts'
import type { WinnerStore } from './redemption/tickets.ts'

/** What the payee needs of redemption. */
export interface Redemption {
  /** Face values of this sender's tickets that are being redeemed, wei. @param sender 20 bytes */
  pending(sender: Uint8Array): bigint
  /** A winner has come. */
  wake(): void
}

/** Redeems what wins, for as long as the node runs. */
export function redemptionSide(
  node: Scope,
  foundation: Foundation,
  { settings, store }: { settings: Pick<TicketBrokerOptions, 'confirmations'>; store: WinnerStore },
): Redemption {
  const { chain, watcher, transactions, account } = foundation
  const depth = BigInt(settings.confirmations)
  const queue = new RedemptionQueue({
    chain: new BrokerChain({ chain, watcher, transactions, account: account.address, depth }),
    store,
    decide: (choice) => node.run.redeem.decide(choice),
    report: (report) => node.run.payment.reported(report),
    log: node.log,
    depth,
  })
  node.on.lifecycle.metrics(() => redemptionMetrics(queue.counts()))
  node.on.lifecycle.ready(() => {
    const stop = runRedemption(queue, {
      onBlock: (listener) => watcher.on('block', listener),
      onReorg: (listener) => watcher.on('reorg', (fork) => listener(fork.from)),
    })
    node.defer(stop)
  })
  return { pending: (sender) => queue.pending(sender), wake: () => void queue.look() }
}
