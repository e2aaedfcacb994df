import { SEGMENT_DEFAULTS } from '@livepeer-node/media'
import { z } from 'zod'

export const options = z.strictObject({
  segmentMs: z
    .int()
    .min(500)
    .max(10_000)
    .default(SEGMENT_DEFAULTS.targetMs)
    .describe('Segment length aimed at, ms; cuts are at key frames only'),
  keyframeLimitMs: z
    .int()
    .min(2000)
    .max(60_000)
    .default(SEGMENT_DEFAULTS.keyframeLimitMs)
    .describe('A stream without a key frame, or without video, for so long is ended, ms'),
  maxSegmentBytes: z
    .int()
    .min(1024 * 1024)
    .default(SEGMENT_DEFAULTS.maxSegmentBytes)
    .describe('A stream with a segment larger than this is ended, bytes'),
  streamsPerSegmentWorker: z.int().min(1).default(200).describe('Streams that share one segment process'),
})
