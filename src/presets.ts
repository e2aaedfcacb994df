import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Preset } from '@livepeer-node/core'
import type { PluginEntry, Role } from '@livepeer-node/sdk'

/** Our plugins are found from where this package is installed, wherever the operator works. */
const folder = dirname(dirname(fileURLToPath(import.meta.url)))

const plugin = (name: string) => `@livepeer-node/plugin-${name}`

/** Roles without players have a control listener only; each role has its own port, so that they fit on one machine. */
const controlOnly = (cliAddr: string): PluginEntry => [plugin('http'), { httpAddr: false, cliAddr }]

/** For Prometheus, on the control listener; go-livepeer's name for the role with it. */
const metrics = (nodeType?: 'bctr' | 'orch' | 'trcr'): PluginEntry => [plugin('metrics'), nodeType ? { nodeType } : {}]

const ingestAndPublish = [plugin('hls'), plugin('rtmp'), plugin('segmenter'), plugin('broadcaster')]
/** The card first: whichever claims a stream first has it. */
const backends = [plugin('nvenc'), plugin('cpu-x264')]

/** Backends alone, to measure them. */
export const backendsPreset: Preset = { name: 'bench', folder, plugins: backends }

/** Only on the CPU; only on cards. */
export const CPU_BACKEND = plugin('cpu-x264')
export const CARD_BACKEND = plugin('nvenc')

/** Pays and is paid on a chain: loaded where one is named. */
export const PAYMENT = plugin('ticketbroker')

/** A role pays or is paid; without one the node does both. */
export function paymentEntry(role: Role | undefined): PluginEntry {
  return [PAYMENT, role === 'broadcaster' || role === 'orchestrator' ? { role } : {}]
}

/** Publishes a test picture: `start` does until `--no-pattern`, a broadcaster only when asked for it. */
export const PATTERN = plugin('pattern')

/** What go-livepeer calls otherwise on this role. */
const orchestratorAliases = { httpAddr: 'listenAddr' }

const presets: Readonly<Record<Role, Preset>> = {
  broadcaster: { name: 'broadcaster', folder, plugins: [plugin('http'), metrics('bctr'), ...ingestAndPublish] },
  orchestrator: {
    name: 'orchestrator',
    folder,
    aliases: orchestratorAliases,
    plugins: [controlOnly('127.0.0.1:7935'), metrics('orch'), plugin('orchestrator')],
  },
  transcoder: {
    name: 'transcoder',
    folder,
    plugins: [controlOnly('127.0.0.1:6935'), metrics('trcr'), ...backends, plugin('transcoder')],
  },
}

export interface RoleChoice {
  /** An orchestrator that transcodes in its own process. */
  readonly transcodes?: boolean
}

export function rolePreset(role: Role, { transcodes = false }: RoleChoice = {}): Preset {
  const preset = presets[role]
  if (role !== 'orchestrator' || !transcodes) return preset
  return { ...preset, plugins: [...preset.plugins, ...backends, plugin('transcoder')] }
}

/** All roles in one process, publishing a test picture to itself. */
export const startPreset: Preset = {
  name: 'start',
  folder,
  plugins: [
    plugin('http'),
    metrics(),
    ...ingestAndPublish,
    ...backends,
    plugin('transcoder'),
    plugin('orchestrator'),
    PATTERN,
  ],
}

export function presetFor(role: Role | undefined): Preset {
  return role ? rolePreset(role, { transcodes: role === 'orchestrator' }) : startPreset
}

/** Payments alone, for commands that talk to the chain. */
export const paymentPreset: Preset = { name: 'payment', folder, plugins: [] }

/** What a redeemer leaves out of a config that it shares with other roles. */
export const OF_OTHER_ROLES: readonly string[] = [
  ...ingestAndPublish,
  ...backends,
  plugin('transcoder'),
  plugin('orchestrator'),
  PATTERN,
]

/** Redeems for orchestrators in other processes. */
export const redeemerPreset: Preset = {
  name: 'redeemer',
  folder,
  aliases: orchestratorAliases,
  plugins: [controlOnly('127.0.0.1:7935'), metrics('orch'), [PAYMENT, { role: 'redeemer' }]],
}
