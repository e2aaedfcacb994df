import { join } from 'node:path'
import { type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { namedFirst, PoolDiscovery } from './discovery/pool-discovery.ts'
import type { PoolSource } from './discovery/pool-reader.ts'
import { PoolStore } from './discovery/pool-store.ts'
import type { Foundation, Scope } from './foundation.ts'

/** Answers `session.discover` with the chain's pool of orchestrators. */
export function discoverySide(node: Scope, foundation: Foundation): void {
  const { account, chain, watcher } = foundation
  const { clock, log, signal } = node
  const store = openStore(join(node.dataDir, 'orchestrators.sqlite'), chain.contracts.controller.address, log)
  node.defer(() => store.close())
  const own = account.address
  const discovery = new PoolDiscovery({ source: sourceOf(foundation), store, own, clock, log, signal })
  node.on.session.discover(() => discovery.candidates())
  node.on.session.shortlist((candidates) => namedFirst(candidates))
  node.on.lifecycle.status(() => [{ name: 'pool', data: discovery.status() }])
  node.on.lifecycle.ready(() => {
    void discovery.run()
    node.defer(watcher.on('round', () => discovery.changed()))
    node.defer(watcher.on('reorg', () => discovery.changed()))
  })
}

function sourceOf({ chain }: Foundation): PoolSource {
  const { bondingManager, serviceRegistry } = chain.contracts
  return {
    pool: () => bondingManager.poolOf(),
    isActive: (address) => bondingManager.isActive(address),
    serviceUri: (address) => serviceRegistry.serviceUri(address),
  }
}

/** A copy of what the chain says: without it a start merely needs the chain. */
function openStore(path: string, controller: string, log: Logger): PoolStore {
  try {
    return new PoolStore(path, controller)
  } catch (thrown) {
    const { code, message: reason } = toLivepeerError(thrown)
    log.warn('the copy of the pool cannot be used; it is kept in memory', { path, code, reason })
    return new PoolStore(':memory:', controller)
  }
}
