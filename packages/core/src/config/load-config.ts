import type { Plugin, PluginEntry, Role } from '@livepeer-node/sdk'
import { compose, type ListedPlugin, type Preset } from './composition.ts'
import { findConfigFile, relativeTo } from './config-file.ts'
import { findOverrides, type Override, type Overrides } from './overrides.ts'
import { optionsOf } from './resolve-plugin.ts'
import { keySchema, readText } from './schema.ts'
import { resolveSettings, type NodeSettings } from './settings.ts'
import { defaultOf, isContainer, leaves, type ConfigValue } from './values.ts'

export interface LoadConfigRequest {
  /** Where the config file is searched, and what relative paths are relative to. */
  readonly cwd: string
  /** Exactly this file instead of a search. */
  readonly file?: string | undefined
  /** The role whose command this is; `undefined`: what `start` runs. */
  readonly role?: Role | undefined
  /** What the command runs where the file does not say. */
  readonly preset: Preset
  /** Set flags by the option's name (`orchAddr`). They go before everything else. */
  readonly flags?: Readonly<Record<string, string | boolean>>
  /** `LP_*` variables go before the file. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Names of plugins that are left out. */
  readonly without?: readonly string[]
  /** Plugins that are loaded too, unless the file or the preset lists them; names are resolved as the preset's. */
  readonly also?: readonly PluginEntry[]
  /** Variables with the prefix `LP_` that the caller reads by itself. */
  readonly knownEnv?: readonly string[]
}

export type SettingsRequest = Pick<LoadConfigRequest, 'cwd' | 'file' | 'flags' | 'env'>

export interface LoadedConfig {
  /** Absolute path of the config file; `undefined`: there was none. */
  readonly file: string | undefined
  /** In list order, with flags and environment worked in. Their options are not checked yet: the kernel does. */
  readonly plugins: readonly Plugin[]
  readonly settings: NodeSettings
  /** Every value with its origin; secrets masked. */
  readonly values: readonly ConfigValue[]
  /** For the log: variables that mean nothing. */
  readonly warnings: readonly string[]
}

/** The settings of the node itself, for a command that talks to a node and runs none. No plugin is loaded unless the file does. */
export async function loadSettings(request: SettingsRequest): Promise<NodeSettings> {
  const { cwd, flags = {}, env = {} } = request
  const file = await findConfigFile({ cwd, file: request.file })
  const overrides = findOverrides({ plugins: [], flags, env, knownEnv: new Set(), aliases: {} })
  return resolveSettings(file, overrides, { cwd, origin: file ? `file ${relativeTo(cwd, file.path)}` : 'default' })
    .settings
}

/** Finds, loads and completes the node's configuration. Throws `LP_CONFIG_…`, `LP_PLUGIN_…`, `LP_SETTING_INVALID`, `LP_FLAG_UNUSED`. */
export async function loadConfig(request: LoadConfigRequest): Promise<LoadedConfig> {
  const { cwd, flags = {}, env = {}, role, preset, also = [] } = request
  const file = await findConfigFile({ cwd, file: request.file })
  const left = new Set(request.without)
  const composed = (await compose({ file, role, preset, also })).filter(
    ({ plugin }) => !left.has(plugin.definition.name),
  )
  const plugins = composed.map(({ plugin }) => plugin)
  const knownEnv = new Set([...(request.knownEnv ?? []), ...referredVariables(plugins)])
  const overrides = findOverrides({ plugins, flags, env, knownEnv, aliases: preset.aliases ?? {} })
  const origins = { file: file && `file ${relativeTo(cwd, file.path)}`, preset: `preset ${preset.name}` }
  const settings = resolveSettings(file, overrides, { cwd, origin: origins.file ?? 'default' })
  const resolved = composed.map((entry) => resolveOptions(entry, overrides, origins))
  return {
    file: file?.path,
    plugins: resolved.map(({ plugin }) => plugin),
    settings: settings.settings,
    values: [...settings.values, ...resolved.flatMap(({ values }) => values)],
    warnings: overrides.warnings,
  }
}

interface Origins {
  readonly file: string | undefined
  readonly preset: string
}

function resolveOptions({ plugin, fromFile }: ListedPlugin, overrides: Overrides, origins: Origins) {
  const { definition } = plugin
  const own = overrides.plugins.get(definition.name) ?? new Map<string, Override>()
  const options: Record<string, unknown> = { ...optionsOf(plugin) }
  for (const [key, override] of own) options[key] = valueFor(keySchema(definition.options, key), override)
  const origin = (key: string) => {
    const outside = own.get(key)?.origin
    if (outside) return outside
    if (!Object.hasOwn(options, key)) return 'default'
    return fromFile.has(key) && origins.file ? origins.file : origins.preset
  }
  const keys = new Set([...Object.keys(definition.options.shape), ...Object.keys(options)])
  const values = [...keys].flatMap((key): ConfigValue[] => {
    const schema = keySchema(definition.options, key)
    const value = Object.hasOwn(options, key) ? options[key] : schema && defaultOf(schema)
    if (value === undefined) return []
    return leaves(schema, key, value).map((leaf) => ({ plugin: definition.name, origin: origin(key), ...leaf }))
  })
  const isUnchanged = own.size === 0
  return { plugin: isUnchanged ? plugin : { definition, rawOptions: options }, values }
}

function valueFor(schema: ReturnType<typeof keySchema>, { text }: Override): unknown {
  return typeof text === 'string' && schema ? readText(schema, text) : text
}

/** Names of variables that options refer to, as `{ env: 'LP_ORCH_SECRET' }`. */
function referredVariables(plugins: readonly Plugin[]): string[] {
  const names: string[] = []
  const visit = (value: unknown): void => {
    if (!isContainer(value)) return
    const { env } = value as { env?: unknown }
    if (typeof env === 'string') names.push(env)
    for (const child of Object.values(value)) visit(child)
  }
  for (const plugin of plugins) visit(plugin.rawOptions)
  return names
}
