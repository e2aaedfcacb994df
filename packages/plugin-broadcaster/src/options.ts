import { DEFAULT_TRANSCODING_OPTIONS } from '@livepeer-node/media'
import { DEFAULT_MAX_ATTEMPTS, DISCOVERY_MS } from '@livepeer-node/protocol'
import { secretOption } from '@livepeer-node/sdk'
import { z } from 'zod'

const duration = z
  // A variable's 5 is meant as seconds: nobody waits for so few ms.
  .union([z.number().min(50), z.string().regex(/^\d+(\.\d+)?(ms|s)$/)], {
    error: 'expected a time as "500ms" or "2s", or ms, 50 or more',
  })
  .transform((value) => (typeof value === 'number' ? value : milliseconds(value)))

const weight = z.number().min(0).max(1)
/** What weights may be off 1 together. */
const WEIGHT_SLACK = 0.0001

/** What an operator may set; names are go-livepeer's where it has one (operator.md §1.4). */
const settings = z.strictObject({
  orchAddr: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .describe('Orchestrators to use: host:port, comma separated or a list; port 8935 unless given'),
  maxSessions: z
    .union([z.literal('auto'), z.int().positive()])
    .default('auto')
    .describe('Streams at once; auto: as many as are kept up with. A further publisher is refused'),
  transcodingOptions: z
    .union([z.string(), z.array(z.record(z.string(), z.unknown()))])
    .default(DEFAULT_TRANSCODING_OPTIONS)
    .describe('Ladder of every stream: preset names, the path of a JSON file, or a list of profiles'),
  streamKeys: z
    .record(z.string(), secretOption())
    .default({})
    .describe('Stream key by playback id. Publish to /live/<id>/<key>, or to /live/<key> alone'),
  requireStreamKey: z
    .boolean()
    .optional()
    .describe('Refuse publishers without a listed stream key. Default: true as soon as streamKeys lists one'),
  maxAttempts: z
    .number()
    .int()
    .default(DEFAULT_MAX_ATTEMPTS)
    .describe('Tries per segment; 0 or less: never transcode, source only'),
  localVerify: z
    .boolean()
    .default(false)
    .describe('Decode every rendition and compare its pixels with what the orchestrator says. Costs CPU'),
  discoveryTimeout: duration
    .default(DISCOVERY_MS)
    .describe('First wait for orchestrators to answer, ms or "500ms"; doubled up to 6 s while none was usable'),
  selectStakeWeight: weight.default(0.7).describe('How much stake counts when one is chosen that was not tried yet'),
  selectPriceWeight: weight.default(0).describe('How much a low price counts then'),
  selectRandFreq: weight.default(0.3).describe('How much chance counts then; the three are 1 together'),
  selectPriceExpFactor: z
    .number()
    .positive()
    .default(100)
    .describe('A price of so many wei per pixel more is liked e times less'),
  orchMinLivepeerVersion: z.string().default('').describe('Oldest acceptable orchestrator version; empty: any'),
  maxSegmentsInFlight: z
    .number()
    .int()
    .min(1)
    .default(8)
    .describe('Segments of one stream being transcoded at once; a further one is published without renditions'),
})

export const options = settings.refine(
  ({ selectStakeWeight, selectPriceWeight, selectRandFreq }) =>
    Math.abs(selectStakeWeight + selectPriceWeight + selectRandFreq - 1) <= WEIGHT_SLACK,
  { error: 'selectStakeWeight, selectPriceWeight and selectRandFreq must be 1 together', path: ['selectRandFreq'] },
)

export type BroadcasterOptions = z.output<typeof options>

function milliseconds(text: string): number {
  return text.endsWith('ms') ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1000
}
