import type { Role } from './domain/node.ts'
import type { Plugin } from './plugin.ts'

/** A plugin as a value, or as the name of a package resolved from the config file's folder, with its options. */
export type PluginEntry = Plugin | string | readonly [name: string, options: Readonly<Record<string, unknown>>]

/** What `livepeer.config.ts` exports. */
export interface NodeConfig {
  /** Folder for what must outlive the process; default `~/.livepeer-node`. */
  readonly dataDir?: string
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error'
  /** Longest wait for work in flight when the node is told to stop, ms; default 30000. */
  readonly drainTimeoutMs?: number
  /** What `livepeer start` runs. Role commands take from it the plugins that name their role. */
  readonly plugins: readonly PluginEntry[]
  /** Instead of the above, for one role's command. */
  readonly roles?: Readonly<Partial<Record<Role, readonly PluginEntry[]>>>
}

/** Types the config as you write it; returns it unchanged. */
export function defineConfig(config: NodeConfig): NodeConfig {
  return config
}
