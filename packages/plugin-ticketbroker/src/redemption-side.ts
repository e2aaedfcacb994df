import type { Foundation, Scope } from './foundation.ts'
import type { TicketBrokerOptions } from './options.ts'
import { RedeemerClient } from './redeemer/client.ts'
import { remoteRedemption } from './redeemer/remote-chain.ts'
import { BrokerChain } from './redemption/broker-chain.ts'
import type { RedemptionChain } from './redemption/chain.ts'
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
  { settings, store }: { settings: Pick<TicketBrokerOptions, 'confirmations' | 'redeemerAddr'>; store: WinnerStore },
): Redemption {
  const { chain, watcher, transactions, account } = foundation
  const depth = BigInt(settings.confirmations)
  const broker = new BrokerChain({ chain, watcher, transactions, account: account.address, depth })
  const onBlock = (listener: () => void) => watcher.on('block', listener)
  const queue = new RedemptionQueue({
    chain: settings.redeemerAddr === undefined ? broker : elsewhere(settings.redeemerAddr, broker, onBlock),
    store,
    decide: (choice) => node.run.redeem.decide(choice),
    report: (report) => node.run.payment.reported(report),
    log: node.log,
    depth,
  })
  node.on.lifecycle.metrics(() => redemptionMetrics(queue.counts()))
  node.on.lifecycle.ready(() => {
    const stop = runRedemption(queue, {
      onBlock,
      onReorg: (listener) => watcher.on('reorg', (fork) => listener(fork.from)),
    })
    node.defer(stop)
  })
  return { pending: (sender) => queue.pending(sender), wake: () => void queue.look() }
}

function elsewhere(
  address: string,
  chain: RedemptionChain,
  onBlock: (listener: () => void) => () => void,
): RedemptionChain {
  const client = new RedeemerClient(address)
  return remoteRedemption({ chain, queue: ({ ticket }) => client.queue(ticket), onBlock })
}
