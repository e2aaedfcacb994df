import { parseJsonProfiles, parseTranscodingOptions } from '@livepeer-node/media'
import type { Ladder } from '@livepeer-node/sdk'
import type { BroadcasterOptions } from './options.ts'

/** The node's ladder: preset names or a file's path as text, or the profiles themselves (media.md §5). */
export function ladderOf(setting: BroadcasterOptions['transcodingOptions']): Ladder {
  return typeof setting === 'string' ? parseTranscodingOptions(setting) : parseJsonProfiles(setting)
}
