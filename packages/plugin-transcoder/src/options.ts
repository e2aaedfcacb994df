import { secretOption } from '@livepeer-node/sdk'
import { z } from 'zod'

export const transcoderOptions = z.strictObject({
  orchAddr: z
    .string()
    .optional()
    .describe(
      'orchestrator to attach to, host:port; of a comma list the first; empty: work for the orchestrator in this process',
    ),
  orchSecret: secretOption()
    .optional()
    .describe('secret shared with the orchestrator: the text, or a file that holds it'),
  maxSessions: z
    .union([z.literal('auto'), z.coerce.number().int().min(1)])
    .default('auto')
    .describe('sessions at once; auto: as many as the backends offer'),
})

export type TranscoderOptions = z.output<typeof transcoderOptions>
