import { z } from 'zod'

export const options = z.strictObject({
  nodeId: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('Label node_id of every series; unset = the name of the host'),
  nodeType: z
    .enum(['bctr', 'orch', 'trcr', 'rdmr'])
    .optional()
    .describe('Label node_type of every series, as go-livepeer calls its roles; unset = without'),
  processMetrics: z
    .stringbool()
    .or(z.boolean())
    .default(true)
    .describe('CPU, memory, event-loop lag and open files of the node process too'),
})
