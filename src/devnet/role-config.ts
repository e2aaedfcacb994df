import { join } from 'node:path'
import type { DevnetInfo } from '@livepeer-node/devnet'
import { devnetFiles } from './files.ts'

export type PaidRole = 'broadcaster' | 'orchestrator'

/** Options of plugin-ticketbroker, and what flags are made of them. */
type Options = Readonly<Record<string, string | readonly string[]>>

/** Small tickets that win often: on a local chain redeeming them costs next to nothing. */
export const DEMO_PRICES = Object.freeze({ pricePerUnit: '1000', maxFaceValue: '64000000000' })

const PLUGINS: Readonly<Record<PaidRole, readonly (readonly [name: string, options: string])[]>> = {
  orchestrator: [
    ['http', "{ httpAddr: false, cliAddr: '127.0.0.1:7935' }"],
    ['orchestrator', "{ serviceAddr: '127.0.0.1:8935' }"],
    ['transcoder', ''],
    ['cpu-x264', ''],
  ],
  broadcaster: [
    ['http', ''],
    ['hls', ''],
    ['rtmp', ''],
    ['segmenter', ''],
    ['broadcaster', "{ orchAddr: ['127.0.0.1:8935'] }"],
  ],
}

/** The options of plugin-ticketbroker with which a role uses this chain; account: the first of its role. */
export function paymentOptions(info: DevnetInfo, folder: string, role: PaidRole): Options {
  const { keystore, password } = devnetFiles(folder)
  const account = info.accounts.find((entry) => entry.role === role)
  return {
    role,
    network: 'devnet',
    ethUrl: [info.rpc],
    ethController: info.controller,
    ...(account && { ethAcctAddr: account.address }),
    ethKeystorePath: keystore,
    ethPassword: password,
    ...(role === 'orchestrator' ? DEMO_PRICES : { maxPricePerUnit: '2000' }),
  }
}

/** A `livepeer.config.ts` with which this role uses the chain. */
export function configText(info: DevnetInfo, folder: string, role: PaidRole): string {
  const plugins = PLUGINS[role]
  const names = [...plugins.map(([name]) => name), 'ticketbroker'].toSorted()
  const imports = names.map((name) => `import ${variable(name)} from '@livepeer-node/plugin-${name}'`)
  const listed = plugins.map(([name, options]) => `    ${variable(name)}(${options}),`)
  const payment = Object.entries(paymentOptions(info, folder, role)).map(
    ([key, value]) => `      ${key}: ${literal(value)},`,
  )
  return [
    ...imports,
    "import { defineConfig } from '@livepeer-node/sdk'",
    '',
    'export default defineConfig({',
    `  dataDir: ${literal(join(folder, role))},`,
    '  plugins: [',
    ...listed,
    '    ticketbroker({',
    ...payment,
    '    }),',
    '  ],',
    '})',
    '',
  ].join('\n')
}

/** The same as flags of the role's command. */
export function flagsText(info: DevnetInfo, folder: string, role: PaidRole): string {
  const { role: _, ...options } = paymentOptions(info, folder, role)
  const flags = Object.entries(options).map(
    ([key, value]) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${[value].flat().join(',')}`,
  )
  return [`--data-dir ${join(folder, role)}`, ...flags].join(' ')
}

function variable(plugin: string): string {
  return plugin.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** In the quotes that the config files of this project have. */
function literal(value: string | readonly string[]): string {
  if (typeof value !== 'string') return `[${value.map(literal).join(', ')}]`
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
