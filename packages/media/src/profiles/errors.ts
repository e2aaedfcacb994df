import { LivepeerError } from '@livepeer-node/sdk'
import { PRESETS } from './presets.ts'

const NAMES = PRESETS.map((preset) => preset.name).join(', ')

export function noProfiles(): LivepeerError {
  return new LivepeerError({
    code: 'LP_PROFILES_EMPTY',
    kind: 'config',
    message: 'The transcoding options name no rendition.',
    limit: 'at least one',
    remedy: `Name presets, separated by commas (${NAMES}), or a JSON file of profiles.`,
  })
}

export function unknownPresets(unknown: readonly string[]): LivepeerError {
  const hints = unknown.flatMap((name) => suggestion(name) ?? [])
  const meant = hints.length > 0 ? ` Did you mean ${hints.join(', ')}?` : ''
  return new LivepeerError({
    code: 'LP_PRESET_UNKNOWN',
    kind: 'config',
    message: `There is no preset ${unknown.map((name) => `"${name}"`).join(', ')}.${meant}`,
    observed: unknown,
    limit: NAMES,
    remedy: `Use one of ${NAMES}, or the path of a JSON file of profiles.`,
  })
}

/** The preset whose size and rate are what the name says, whatever its case and its missing parts. */
function suggestion(name: string): string | undefined {
  const wanted = name.toLowerCase().replace(/^p?/, 'p')
  const near = PRESETS.filter(
    (preset) => preset.name.toLowerCase() === wanted || preset.name.toLowerCase().startsWith(wanted.slice(0, 5)),
  )
  return (near.find((preset) => preset.name.toLowerCase() === wanted) ?? near[0])?.name
}

export function profilesFile(path: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PROFILES_FILE',
    kind: 'config',
    message: `The file of profiles cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    observed: path,
    remedy: 'Name an existing, readable JSON file, or presets.',
    cause,
  })
}

/** `why` is the text that the reference gives where it has one (media.md §5.2). */
export function invalidProfile(place: string, why: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PROFILE_INVALID',
    kind: 'config',
    message: place ? `${place}: ${why}` : why,
    observed,
    remedy: 'Correct the profile; docs/guides/broadcaster.md lists the fields.',
  })
}
