import type { Ladder } from '@livepeer-node/sdk'
import { codecNotEncoded, emptyLadder, MAX_OUTPUTS, tooManyOutputs } from './errors.ts'

/** Throws where the engine cannot make this ladder: none or more than 10 renditions, or not H.264. */
export function checkLadder(ladder: Ladder): void {
  if (ladder.length === 0) throw emptyLadder()
  if (ladder.length > MAX_OUTPUTS) throw tooManyOutputs(ladder.length)
  for (const { codec } of ladder) if (codec !== 'h264') throw codecNotEncoded(codec)
}
