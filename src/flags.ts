import { Flags } from '@oclif/core'
import { payeeFlags, payerFlags } from './money-flags.ts'

/** Options that a flag sets; each goes to every plugin of the node that has an option of this name in camelCase. */
export const optionFlags = {
  'orch-addr': Flags.string({ description: 'orchestrators to use, or the one to work for', helpValue: 'host:port,…' }),
  'service-addr': Flags.string({ description: 'where others reach this orchestrator', helpValue: 'host:port' }),
  'http-addr': Flags.string({
    description: 'listen here for players (orchestrator: for everybody)',
    helpValue: 'host:port',
  }),
  'rtmp-addr': Flags.string({ description: 'listen here for publishers', helpValue: 'host:port' }),
  'cli-addr': Flags.string({ description: 'listen here for the operator', helpValue: 'host:port' }),
  'orch-secret': Flags.string({ description: 'secret between orchestrator and transcoders', helpValue: 'text|file' }),
  'max-sessions': Flags.string({
    description: 'streams (or sessions) at once; auto, the default: as many as can be kept up with',
    helpValue: 'auto|n',
  }),
  'transcoding-options': Flags.string({ description: 'the ladder', helpValue: 'presets|file.json' }),
  nvidia: Flags.string({ description: 'NVIDIA cards to use', helpValue: '0,1|all' }),
  machine: Flags.string({
    description: 'cards as this file describes them instead of the real ones; they transcode nothing',
    helpValue: 'file',
  }),
  'data-dir': Flags.string({ description: 'folder for what must outlive the process', helpValue: 'folder' }),
  grace: Flags.string({
    description: 'when told to stop, finish what runs for no longer than this',
    helpValue: '30s|5m|1h',
  }),
  'log-level': Flags.string({
    description: 'least important kind of line',
    options: ['debug', 'info', 'warn', 'error'],
  }),
  ...payerFlags,
  ...payeeFlags,
} as const

/** Flags of every command. */
export const commonFlags = {
  config: Flags.string({ description: 'this config file instead of a search', helpValue: 'file', env: 'LP_CONFIG' }),
  json: Flags.boolean({ description: 'output for programs' }),
} as const

/** Variables that flags above read by themselves. */
export const flagVariables: readonly string[] = ['LP_CONFIG']

/** Flags of every command that runs or describes a node. */
export const nodeFlags = {
  ...commonFlags,
  'cli-addr': optionFlags['cli-addr'],
  'max-sessions': optionFlags['max-sessions'],
  'data-dir': optionFlags['data-dir'],
  grace: optionFlags.grace,
  'log-level': optionFlags['log-level'],
} as const

export const roleNames = ['broadcaster', 'orchestrator', 'transcoder'] as const

export const roleFlag = {
  role: Flags.option({
    description: 'as this role’s command would run it; otherwise as `start` would',
    options: roleNames,
  })(),
} as const

/** The options that were set among parsed flags, by option name. */
export function optionValues(flags: Readonly<Record<string, unknown>>): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.keys(optionFlags).flatMap((flag) => {
      const value = flags[flag]
      return typeof value === 'string' || typeof value === 'boolean' ? [[camel(flag), value]] : []
    }),
  )
}

/** `orch-addr` is `orchAddr`. */
export function camel(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
