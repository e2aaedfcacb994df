import { z } from 'zod'

export const options = z.strictObject({
  window: z.int().min(3).max(100).default(6).describe('Segments that a playlist lists'),
  spare: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Segments kept behind the listed ones, for players that are a little late'),
  segmentMs: z
    .int()
    .min(500)
    .max(60_000)
    .default(2000)
    .describe('Segment length that the target duration of playlists starts from, ms'),
  maxStreamBytes: z
    .int()
    .min(1_000_000)
    .default(256_000_000)
    .describe('Bytes of media kept per stream; over it the oldest segments go first'),
  maxGaps: z
    .int()
    .min(1)
    .default(5)
    .describe('Missing segments in a row after which a rendition leaves the master playlist until it comes again'),
  keepEndedMs: z.int().min(0).default(60_000).describe('How long a stream stays playable after its end, ms'),
  page: z.boolean().default(true).describe('Serve the player page and the list of streams'),
})

export type HlsOptions = z.output<typeof options>
