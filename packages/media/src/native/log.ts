import { AV_LOG_WARNING } from 'node-av/constants'
import { Log } from 'node-av/lib'

/** FFmpeg's log goes to stderr, where the parent keeps its end for the crash line: warnings and errors only. */
export function logWarningsOnly(): void {
  Log.setLevel(AV_LOG_WARNING)
}
