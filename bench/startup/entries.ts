import type { PluginEntry } from '@livepeer-node/sdk'

/** The name of a plugin that a config lists as a value, by name, or by name with options. */
export function nameOf(entry: PluginEntry): string {
  if (typeof entry === 'string') return entry
  return 'definition' in entry ? entry.definition.name : entry[0]
}
