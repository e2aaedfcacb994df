import { join } from 'node:path'
import { type KeyedIdentity, type Network, networkOf, unlock } from '@livepeer-node/chain'
import type { PluginScope } from '@livepeer-node/sdk'
import { networkOffchain } from './errors.ts'
import type { TicketBrokerOptions } from './options.ts'

/** The hooks that the ticket broker runs. */
export type Scope = PluginScope<'payment' | 'redeem'>

/** What all parts stand on. */
export interface Foundation {
  readonly account: KeyedIdentity
  readonly network: Network
}

export async function openFoundation(node: Scope, settings: TicketBrokerOptions): Promise<Foundation> {
  const network = networkOf(settings.network)
  if (!network) throw networkOffchain()
  const account = await unlock({
    dir: settings.ethKeystorePath ?? join(node.dataDir, 'keystore'),
    ...(settings.ethAcctAddr && { address: settings.ethAcctAddr }),
    password: settings.ethPassword === undefined ? '' : node.secret(settings.ethPassword),
  })
  return { account, network }
}
