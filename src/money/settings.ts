import { join } from 'node:path'
import type { LoadedConfig } from '@livepeer-node/core'
import type { SecretRef } from '@livepeer-node/sdk'
import { z } from 'zod'
import { PAYMENT } from '../presets.ts'
import { noController, noNetwork } from './errors.ts'

const NETWORK = 'arbitrum-one-mainnet'

/** What commands need of the options of plugin-ticketbroker; the plugin itself checks all of them when a node starts. */
const Options = z.object({
  network: z.string().optional(),
  ethUrl: z.union([z.string(), z.array(z.string())]).optional(),
  ethController: z.string().optional(),
  chainId: z.coerce.number().optional(),
  ethAcctAddr: z.string().optional(),
  ethKeystorePath: z.string().optional(),
  ethPassword: z.union([z.string(), z.object({ env: z.string() })]).optional(),
  maxGasPrice: z.coerce.bigint().optional(),
  minGasPrice: z.coerce.bigint().optional(),
  transactionTimeout: z.coerce.number().optional(),
})

/** Where keys are. */
export interface KeySettings {
  /** Folder, or one key file. */
  readonly keystore: string
  /** `undefined`: the only one there. */
  readonly account: string | undefined
  readonly password: SecretRef | undefined
}

/** Which chain, with which limits. */
export interface ChainSettings {
  readonly rpc: readonly string[]
  readonly controller: string
  readonly chainId?: number
  readonly network: string
  readonly dataDir: string
  /** Wei per gas. */
  readonly minGasPrice: bigint
  readonly maxGasPrice?: bigint
  readonly transactionTimeoutMs?: number
}

type Read = z.output<typeof Options>

/** The options of the payment plugin, as flags, variables and the config file give them. */
export function paymentOptionsOf({ plugins }: Pick<LoadedConfig, 'plugins'>): Read {
  const plugin = plugins.find(({ definition }) => definition.name === PAYMENT)
  return Options.parse(plugin?.rawOptions ?? {})
}

export function keySettings(config: LoadedConfig): KeySettings {
  const { ethKeystorePath, ethAcctAddr, ethPassword } = paymentOptionsOf(config)
  return {
    keystore: ethKeystorePath ?? join(config.settings.dataDir, 'keystore'),
    account: ethAcctAddr,
    password: ethPassword,
  }
}

/** Throws `LP_NETWORK_MISSING`, `LP_CONTROLLER_MISSING`. */
export async function chainSettings(config: LoadedConfig): Promise<ChainSettings> {
  const { networkOf } = await import('@livepeer-node/chain')
  const options = paymentOptionsOf(config)
  const { network = NETWORK, ethUrl, ethController, chainId, maxGasPrice, transactionTimeout } = options
  const known = networkOf(network)
  const rpc = urlsOf(ethUrl)
  if (rpc.length === 0 || !known) throw noNetwork()
  const controller = ethController ?? known.controller
  if (controller === undefined) throw noController(network)
  const id = chainId ?? known.chainId
  return {
    rpc,
    controller,
    network,
    dataDir: config.settings.dataDir,
    minGasPrice: options.minGasPrice ?? known.minGasPrice,
    ...(id !== undefined && { chainId: id }),
    ...(maxGasPrice && { maxGasPrice }),
    ...(transactionTimeout !== undefined && { transactionTimeoutMs: transactionTimeout * 1000 }),
  }
}

function urlsOf(urls: Read['ethUrl']): string[] {
  return (typeof urls === 'string' ? urls.split(',') : (urls ?? []))
    .map((url) => url.trim())
    .filter((url) => url !== '')
}
