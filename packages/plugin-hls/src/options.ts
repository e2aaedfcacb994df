import { z } from 'zod'

export const hlsOptions = z.strictObject({
  window: z.int().min(3).max(100).default(6).describe('segments that a playlist lists'),
  spare: z
    .int()
    .min(1)
    .max(100)
    .default(6)
    .describe('segments kept behind the listed ones, for players that are a little late'),
  segmentMs: z
    .int()
    .min(500)
    .max(60_000)
    .default(2000)
    .describe('segment length that the target duration of playlists starts from, ms'),
  maxStreamBytes: z
    .int()
    .min(1_000_000)
    .default(256_000_000)
    .describe('bytes of media kept per stream; over it the oldest segments go first'),
  maxGaps: z
    .int()
    .min(1)
    .default(5)
    .describe('missing segments in a row after which a rendition leaves the master playlist until it comes again'),
  keepEndedMs: z.int().min(0).default(60_000).describe('how long a stream stays playable after its end, ms'),
  page: z.boolean().default(true).describe('serve the player page and the list of streams'),
})

export type HlsOptions = z.output<typeof hlsOptions>
