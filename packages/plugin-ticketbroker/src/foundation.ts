import { join } from 'node:path'
import {
  type Chain,
  ChainWatcher,
  type KeyedIdentity,
  limitSpending,
  type Network,
  networkOf,
  openChain,
  TransactionManager,
  type TransactionSigner,
  unlock,
} from '@livepeer-node/chain'
import type { PluginScope } from '@livepeer-node/sdk'
import { openConversion } from './conversion.ts'
import { controllerUnset, networkOffchain } from './errors.ts'
import type { TicketBrokerOptions } from './options.ts'
import type { Convert } from './pricing.ts'

/** The hooks that the ticket broker runs. */
export type Scope = PluginScope<'payment' | 'redeem'>

/** What all its parts stand on. */
export interface Foundation {
  readonly account: KeyedIdentity
  readonly network: Network
  readonly chain: Chain
  /** Has looked once: its position is there. */
  readonly watcher: ChainWatcher
  readonly transactions: TransactionManager
  /** How prices become wei. */
  readonly convert: Convert
}

/** Opens account and chain, and looks at the chain once. All of it is closed when the node stops. */
export async function openFoundation(node: Scope, settings: TicketBrokerOptions): Promise<Foundation> {
  const network = networkOf(settings.network)
  if (!network) throw networkOffchain()
  const account = await openAccount(node, settings)
  const chain = await openNetwork(node, settings, network)
  const { clock, log } = node
  const watcher = new ChainWatcher({ chain, clock, log, intervalMs: settings.blockPollingInterval * 1000 })
  const transactions = new TransactionManager({
    chain,
    signer: signerOf(node, settings, account.transactions),
    journal: join(node.dataDir, 'transactions.sqlite'),
    clock,
    log,
    ...(settings.maxGasPrice > 0n && { maxGasPrice: settings.maxGasPrice }),
    replaceAfterMs: settings.transactionTimeout * 1000,
    maxReplacements: settings.maxTransactionReplacements,
  })
  node.defer(() => transactions.stop())
  node.defer(() => watcher.stop())
  await watcher.start()
  const convert = await openConversion(node, chain, settings)
  return { account, network, chain, watcher, transactions, convert }
}

/** What it may spend is checked before anything is signed. */
function signerOf(node: Scope, settings: TicketBrokerOptions, signer: TransactionSigner): TransactionSigner {
  const { maxSpendPerTransaction: perTransaction, maxSpendPerDay: perDay } = settings
  if (perTransaction === 0n && perDay === 0n) return signer
  const limits = { ...(perTransaction > 0n && { perTransaction }), ...(perDay > 0n && { perDay }) }
  return limitSpending(signer, limits, { file: join(node.dataDir, 'spent.json'), clock: node.clock })
}

function openAccount(node: Scope, settings: TicketBrokerOptions): Promise<KeyedIdentity> {
  const { ethKeystorePath, ethAcctAddr, ethPassword } = settings
  return unlock({
    dir: ethKeystorePath ?? join(node.dataDir, 'keystore'),
    address: ethAcctAddr,
    password: ethPassword === undefined ? '' : node.secret(ethPassword),
  })
}

async function openNetwork(node: Scope, settings: TicketBrokerOptions, network: Network): Promise<Chain> {
  const controller = settings.ethController ?? network.controller
  if (controller === undefined) throw controllerUnset(settings.network)
  const chainId = settings.chainId ?? network.chainId
  const chain = await openChain({
    rpc: settings.ethUrl,
    controller,
    ...(chainId !== undefined && { chainId }),
    clock: node.clock,
    log: node.log,
    minGasPrice: settings.minGasPrice > 0n ? settings.minGasPrice : network.minGasPrice,
  })
  node.defer(() => chain.close())
  return chain
}
