import { secretOption } from '@livepeer-node/sdk'
import { z } from 'zod'

const sessions = z.union([z.literal('auto'), z.coerce.number().int().positive()])

export const options = z.strictObject({
  serviceAddr: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where broadcasters and transcoders reach this orchestrator, host:port; default 127.0.0.1:8935, port 0 = any free one',
    ),
  listenAddr: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where to listen, host:port; default: all interfaces on the port of serviceAddr, or only loopback when serviceAddr is loopback',
    ),
  orchSecret: secretOption().optional().describe('Secret that transcoders attach with: the text itself or a file path'),
  maxSessions: sessions
    .default('auto')
    .describe('Sessions at once; auto = as many as the transcoders take together, as they declare and show'),
  checkResults: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      'Share of the results of attached transcoders that are looked into, 0 to 1; the first one of each session always is. 0 = none at all',
    ),
})
