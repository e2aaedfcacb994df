import { secretOption } from '@livepeer-node/sdk'
import { z } from 'zod'

export const options = z.strictObject({
  orchAddr: z
    .string()
    .optional()
    .describe(
      'Orchestrator to attach to, host:port; of a comma list the first; empty: work for the orchestrator in this process',
    ),
  orchSecret: secretOption()
    .optional()
    .describe('Secret shared with the orchestrator: the text, or a file that holds it'),
  name: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('What the orchestrator’s lists and logs call it; default: the host’s name'),
  maxSessions: z
    .union([z.literal('auto'), z.coerce.number().int().min(1)])
    .default('auto')
    .describe('Sessions at once; auto: as many as this machine keeps up with, found by a short measurement'),
  calibrate: z
    .boolean()
    .default(true)
    .describe('Measure at the first start where maxSessions is auto; without, auto is as many as the backends offer'),
})

export type TranscoderOptions = z.output<typeof options>
