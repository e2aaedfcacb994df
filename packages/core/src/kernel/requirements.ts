import { KERNEL_VERSION, type LivepeerError, type Plugin } from '@livepeer-node/sdk'
import { satisfies } from 'semver'
import { duplicatePlugin, missingRequirement, requirementCycle, wrongKernel } from './errors.ts'

/** Plugins in the order in which they are applied, and all that speaks against applying them. */
export interface Requirements {
  readonly ordered: readonly Plugin[]
  readonly problems: readonly LivepeerError[]
}

/** Names, kernel ranges, and requires against provides, before anything is started. */
export function checkRequirements(plugins: readonly Plugin[]): Requirements {
  const { ordered, cycles } = sortByRequirements(plugins)
  const problems = [...duplicates(plugins), ...wrongKernels(plugins), ...missing(plugins), ...cycles]
  return { ordered, problems }
}

function duplicates(plugins: readonly Plugin[]): readonly LivepeerError[] {
  const names = plugins.map(({ definition }) => definition.name)
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  return [...repeated].map(duplicatePlugin)
}

function wrongKernels(plugins: readonly Plugin[]): readonly LivepeerError[] {
  return plugins
    .filter(({ definition }) => !satisfies(KERNEL_VERSION, definition.kernel, { includePrerelease: true }))
    .map(({ definition }) => wrongKernel(definition.name, definition.kernel, KERNEL_VERSION))
}

function missing(plugins: readonly Plugin[]): readonly LivepeerError[] {
  return plugins.flatMap((plugin) =>
    (plugin.definition.requires ?? [])
      .filter((capability) => providersOf(capability, plugin, plugins).length === 0)
      .map((capability) => missingRequirement(plugin.definition.name, capability)),
  )
}

function providersOf(capability: string, of: Plugin, plugins: readonly Plugin[]): readonly Plugin[] {
  return plugins.filter((plugin) => plugin !== of && plugin.definition.provides?.includes(capability))
}

/** List order, except that what a plugin requires goes before it. */
function sortByRequirements(plugins: readonly Plugin[]): { ordered: Plugin[]; cycles: LivepeerError[] } {
  const ordered = new Set<Plugin>()
  const cycles: LivepeerError[] = []
  const visit = (plugin: Plugin, path: readonly Plugin[]) => {
    if (ordered.has(plugin)) return
    const start = path.indexOf(plugin)
    if (start >= 0) {
      cycles.push(requirementCycle([...path.slice(start), plugin].map(({ definition }) => definition.name)))
      return
    }
    for (const capability of plugin.definition.requires ?? []) {
      for (const provider of providersOf(capability, plugin, plugins)) visit(provider, [...path, plugin])
    }
    ordered.add(plugin)
  }
  for (const plugin of plugins) visit(plugin, [])
  return { ordered: [...ordered], cycles }
}
