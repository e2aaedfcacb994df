import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoadedConfig } from '@livepeer-node/core'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { definePlugin, KERNEL_VERSION, type PaymentReport, type Plugin } from '@livepeer-node/sdk'
import { z } from 'zod'
import { PAYMENT } from '../presets.ts'
import { writeDevnet } from './files.ts'
import { DEMO_PRICES, paymentOptions } from './role-config.ts'

/** Half a second: a winning ticket can be redeemed 40 blocks after its terms were made. */
const BLOCK_S = 0.5
const ETHER = 10n ** 18n
/** Broadcaster and orchestrator report the same tickets: one of them is enough. */
const HIDDEN: readonly PaymentReport['event'][] = ['ticket-sent']

/** A local chain, and the account with which a node of all roles pays itself. Gone when it is disposed. */
export class MoneyDemo implements AsyncDisposable {
  readonly #chain: Devnet
  readonly #folder: string

  private constructor(chain: Devnet, folder: string) {
    this.#chain = chain
    this.#folder = folder
  }

  /** @throws `LP_DEVNET_…` */
  static async start(): Promise<MoneyDemo> {
    const chain = await startDevnet({ blockTime: BLOCK_S, baseFee: 7n })
    const demo = new MoneyDemo(chain, await mkdtemp(join(tmpdir(), 'livepeer-money-')))
    try {
      await writeDevnet(demo.#folder, chain.toJSON())
      await demo.#fund()
      return demo
    } catch (error) {
      await demo[Symbol.asyncDispose]()
      throw error
    }
  }

  /** For a person. */
  get text(): string {
    const { rpc, controller } = this.#chain
    const { address } = this.#chain.account('orchestrator')
    return `  Money         chain ${rpc}, Controller ${controller}\n                account ${address} pays itself; winning tickets are redeemed 40 blocks after their terms were made\n`
  }

  /** The same node, with payments on this chain, telling `print` of tickets and redemptions. */
  configure(config: LoadedConfig, print: (report: PaymentReport) => void): LoadedConfig {
    const { role: _, ...options } = paymentOptions(this.#chain, this.#folder, 'orchestrator')
    const rawOptions = { ...options, ...DEMO_PRICES, blockPollingInterval: BLOCK_S, confirmations: 2 }
    const plugins = config.plugins.map(({ definition, rawOptions: before }) =>
      definition.name === PAYMENT ? { definition, rawOptions } : { definition, rawOptions: before },
    )
    const settings = { ...config.settings, dataDir: join(this.#folder, 'node') }
    return { ...config, plugins: [...plugins, watcher(print)], settings }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chain.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #fund(): Promise<void> {
    const broker = this.#chain.contract('TicketBroker', this.#chain.account('orchestrator'))
    const value = { value: 3n * ETHER }
    const sent: { wait(): Promise<unknown> } = await broker.getFunction('fundDepositAndReserve')(
      ETHER,
      2n * ETHER,
      value,
    )
    await sent.wait()
  }
}

function watcher(print: (report: PaymentReport) => void): Plugin {
  return definePlugin({
    name: 'money-watcher',
    kernel: KERNEL_VERSION,
    options: z.strictObject({}),
    apply: (node) =>
      node.on.payment.reported((report) => {
        if (!HIDDEN.includes(report.event)) print(report)
      }),
  })()
}
