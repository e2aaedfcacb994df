import type { Foundation, Scope } from './foundation.ts'
import type { TicketBrokerOptions } from './options.ts'
import type { ChainService, ServiceChain } from './services/chain.ts'
import { ProtocolServices } from './services/protocol-chain.ts'
import { RegistrationCheck } from './services/registration-check.ts'
import { RewardCaller } from './services/reward-caller.ts'
import { RoundInitializer } from './services/round-initializer.ts'
import { ServiceRunner } from './services/runner.ts'
import { UnlockWatch } from './services/unlock-watch.ts'

/** Longest wait before a round is opened, as in the reference. */
const MAX_DELAY_MS = 30_000

/** A port of the system's choice: nobody registers that. */
const ANY_PORT = ':0'

/** What has to be done or said with each round, for as long as the node runs. */
export function servicesSide(node: Scope, foundation: Foundation, settings: TicketBrokerOptions): void {
  const { watcher, chain, transactions } = foundation
  const services = servicesFor(node, foundation, { settings, port: new ProtocolServices(chain, transactions) })
  const runner = new ServiceRunner(services, node.log)
  node.defer(() => runner.stop())
  node.on.lifecycle.ready(() => {
    node.defer(watcher.on('block', () => void runner.look()))
    void runner.look()
  })
}

function servicesFor(
  node: Scope,
  { account: { address } }: Foundation,
  { settings, port }: { settings: TicketBrokerOptions; port: ServiceChain },
): ChainService[] {
  const { log, clock, signal } = node
  const { role, initializeRound, ethOrchAddr, serviceAddr } = settings
  const services: ChainService[] = []
  if (initializeRound) {
    services.push(new RoundInitializer({ chain: port, clock, log, signal, maxDelayMs: MAX_DELAY_MS }))
  }
  if (role === 'orchestrator' || role === 'both') {
    const isKnown = serviceAddr !== undefined && !serviceAddr.endsWith(ANY_PORT)
    const serviceUri = isKnown ? `https://${serviceAddr}` : undefined
    services.push(new RegistrationCheck({ chain: port, address: ethOrchAddr ?? address, serviceUri, log }))
    if (settings.reward !== false) services.push(new RewardCaller({ chain: port, address, log }))
  }
  if (role === 'broadcaster' || role === 'both') services.push(new UnlockWatch({ chain: port, address, log }))
  return services
}
