import { readFileSync, statSync } from 'node:fs'
import type { Ladder } from '@livepeer-node/sdk'
import { noProfiles, profilesFile, unknownPresets } from './errors.ts'
import { checkNames, parseJsonProfiles } from './json-profiles.ts'
import { PRESETS } from './presets.ts'

/**
 * What `transcodingOptions` means: the path of a JSON file of profiles, or preset names separated by commas
 * (media.md §5.1). Throws `LP_PRESET_UNKNOWN` (the reference drops such names in silence), `LP_PROFILES_FILE`,
 * `LP_PROFILE_INVALID` or `LP_PROFILES_EMPTY`.
 */
export function parseTranscodingOptions(value: string): Ladder {
  const text = value.trim()
  if (isFile(text)) return parseJsonProfiles(readJson(text))
  const names = text.split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  if (given.length === 0) throw noProfiles()
  if (/[/\\]|\.json$/i.test(text)) throw profilesFile(text, new Error('there is no such file'))
  return parsePresets(given)
}

/** Presets by name, in this order. Throws `LP_PRESET_UNKNOWN` or `LP_PROFILE_INVALID` for a name that is used twice. */
function parsePresets(names: readonly string[]): Ladder {
  const found = names.flatMap((name) => PRESETS.find((preset) => preset.name === name) ?? [])
  const unknown = names.filter((name) => !PRESETS.some((preset) => preset.name === name))
  if (unknown.length > 0) throw unknownPresets(unknown)
  return checkNames(found)
}

function isFile(path: string): boolean {
  return path !== '' && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch (error) {
    throw profilesFile(path, error)
  }
}
