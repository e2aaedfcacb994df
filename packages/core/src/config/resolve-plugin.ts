import { pathToFileURL } from 'node:url'
import { moduleResolve } from 'import-meta-resolve'
import type { Plugin, PluginEntry } from '@livepeer-node/sdk'
import { notAPlugin, pluginNotInstalled, pluginUnloadable } from './errors.ts'
import { hasDefinition, isPlugin } from './node-config-schema.ts'

/** In a checkout our own packages are their sources, as this file is one. */
const CONDITIONS = new Set(['node', 'import', ...(import.meta.url.endsWith('.ts') ? ['livepeer-src'] : [])])

/** Makes the entries of a list into plugins, in order. Names are resolved from `folder`. Throws `LP_PLUGIN_…`. */
export async function resolvePlugins(entries: readonly PluginEntry[], folder: string): Promise<Plugin[]> {
  const plugins: Plugin[] = []
  for (const entry of entries) plugins.push(await resolvePlugin(entry, folder))
  return plugins
}

async function resolvePlugin(entry: PluginEntry, folder: string): Promise<Plugin> {
  if (isPlugin(entry)) return entry
  const [name, options] = typeof entry === 'string' ? [entry, {}] : (entry as readonly [string, object])
  const exported = await importNamed(name, folder)
  if (isPlugin(exported)) return withOptions(exported, options)
  if (typeof exported === 'function' && hasDefinition(exported)) {
    return { definition: exported.definition, rawOptions: options }
  }
  throw notAPlugin(name, exported)
}

/** The same plugin; `options` go before those that it had. */
export function withOptions(plugin: Plugin, options: object): Plugin {
  return { definition: plugin.definition, rawOptions: { ...optionsOf(plugin), ...options } }
}

/** A plugin's options as an object; what is no object is left to the kernel to refuse. */
export function optionsOf(plugin: Plugin): Readonly<Record<string, unknown>> {
  const { rawOptions } = plugin
  return typeof rawOptions === 'object' && rawOptions !== null ? (rawOptions as Record<string, unknown>) : {}
}

async function importNamed(name: string, folder: string): Promise<unknown> {
  const url = locate(name, folder)
  try {
    return ((await import(url)) as { default?: unknown }).default
  } catch (error) {
    throw pluginUnloadable(name, error)
  }
}

function locate(name: string, folder: string): string {
  const parent = pathToFileURL(`${folder}/livepeer.config.js`)
  try {
    return moduleResolve(name, parent, CONDITIONS).href
  } catch (error) {
    throw pluginNotInstalled(name, folder, error)
  }
}
