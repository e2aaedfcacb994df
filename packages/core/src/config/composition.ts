import type { Plugin, PluginEntry, Role } from '@livepeer-node/sdk'
import type { ConfigFile } from './config-file.ts'
import { optionsOf, resolvePlugins } from './resolve-plugin.ts'

/** What a command runs when no file says otherwise. */
export interface Preset {
  /** For messages, as `orchestrator`. */
  readonly name: string
  /** In load order. Options given here are the command's defaults; the file's go before them. */
  readonly plugins: readonly PluginEntry[]
  /** The folder from which its names are resolved: that of the command, not the operator's. */
  readonly folder: string
  /** Options that flags and variables call otherwise here: `{ httpAddr: 'listenAddr' }`. */
  readonly aliases?: Readonly<Record<string, string>>
}

/** A plugin, with a note which of its options came from where. */
export interface ListedPlugin {
  readonly plugin: Plugin
  /** Options that the config file gives. */
  readonly fromFile: ReadonlySet<string>
}

export interface CompositionRequest {
  readonly file: ConfigFile | undefined
  readonly role: Role | undefined
  readonly preset: Preset
  /** Loaded last, unless they are listed; names are resolved as the preset's. */
  readonly also?: readonly PluginEntry[]
}

/**
 * Which plugins does this command load? `start` takes the file's list. A role takes the file's list for that role, else
 * the role's preset with the file's options, and then whatever else of the file names the role.
 */
export async function compose(request: CompositionRequest): Promise<ListedPlugin[]> {
  const listed = await composeListed(request)
  const names = new Set(listed.map(({ plugin }) => plugin.definition.name))
  const also = await resolvePlugins(request.also ?? [], request.preset.folder)
  return [
    ...listed,
    ...also.filter(({ definition }) => !names.has(definition.name)).map((plugin) => fromPreset(plugin)),
  ]
}

async function composeListed({ file, role, preset }: CompositionRequest): Promise<ListedPlugin[]> {
  if (!file) return (await resolvePlugins(preset.plugins, preset.folder)).map((plugin) => fromPreset(plugin))
  const own = role ? file.config.roles?.[role] : file.config.plugins
  if (own) return (await resolvePlugins(own, file.folder)).map((plugin) => fromFile(plugin))
  return mergeWithPreset(await resolvePlugins(file.config.plugins, file.folder), role!, preset)
}

async function mergeWithPreset(listed: readonly Plugin[], role: Role, preset: Preset): Promise<ListedPlugin[]> {
  const byName = new Map(listed.map((plugin) => [plugin.definition.name, plugin]))
  const base = (await resolvePlugins(preset.plugins, preset.folder)).map((plugin) => {
    const inFile = byName.get(plugin.definition.name)
    return inFile ? merged(plugin, inFile) : fromPreset(plugin)
  })
  const taken = new Set(base.map(({ plugin }) => plugin.definition.name))
  const others = listed.filter(
    ({ definition }) => !taken.has(definition.name) && (definition.roles?.includes(role) ?? false),
  )
  return [...base, ...others.map((plugin) => fromFile(plugin))]
}

function merged(preset: Plugin, inFile: Plugin): ListedPlugin {
  const options = { ...optionsOf(preset), ...optionsOf(inFile) }
  return {
    plugin: { definition: inFile.definition, rawOptions: options },
    fromFile: new Set(Object.keys(optionsOf(inFile))),
  }
}

function fromPreset(plugin: Plugin): ListedPlugin {
  return { plugin, fromFile: new Set() }
}

function fromFile(plugin: Plugin): ListedPlugin {
  return { plugin, fromFile: new Set(Object.keys(optionsOf(plugin))) }
}
