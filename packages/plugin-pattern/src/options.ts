import { PATTERN_DEFAULTS } from '@livepeer-node/media'
import { secretOption } from '@livepeer-node/sdk'
import { z } from 'zod'

const even = (value: number): boolean => value % 2 === 0

export const options = z.strictObject({
  pattern: z.boolean().default(true).describe('Publish a generated test pattern; --no-pattern waits for a publisher'),
  name: z.string().min(1).default('pattern').describe('Playback id of the pattern'),
  streamKey: secretOption().optional().describe('Stream key, where the broadcaster asks for one'),
  url: z
    .string()
    .regex(/^rtmps?:\/\//)
    .optional()
    .describe('RTMP address to publish to, without the name; default: this node'),
  width: z.int().min(64).max(3840).refine(even, 'must be even').default(PATTERN_DEFAULTS.width).describe('Pixels'),
  height: z.int().min(64).max(2160).refine(even, 'must be even').default(PATTERN_DEFAULTS.height).describe('Pixels'),
  fps: z.int().min(1).max(60).default(PATTERN_DEFAULTS.fps).describe('Frames per second'),
  bitrate: z.int().min(50_000).default(PATTERN_DEFAULTS.bitrate).describe('Bits per second of the video'),
})
