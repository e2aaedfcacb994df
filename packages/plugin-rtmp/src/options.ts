import { isLivepeerError } from '@livepeer-node/sdk'
import { parseAddress } from '@livepeer-node/protocol'
import { z } from 'zod'

/** Where an address lacks a part. */
export const RTMP_DEFAULT = { host: '127.0.0.1', port: 1935 } as const

export const options = z.strictObject({
  rtmpAddr: z
    .string()
    .superRefine((text, context) => {
      if (text.includes('://')) return context.addIssue('is written without a scheme, as 127.0.0.1:1935')
      try {
        parseAddress(text, RTMP_DEFAULT)
      } catch (error) {
        context.addIssue(isLivepeerError(error) ? error.message : String(error))
      }
    })
    .default('127.0.0.1:1935')
    .describe('Address for publishers, HOST:PORT, HOST or :PORT; port 0 takes any free one'),
  idleTimeoutMs: z
    .int()
    .min(100)
    .default(10_000)
    .describe('A publisher that sends no audio and no video for so long is let go, ms'),
  stallTimeoutMs: z
    .int()
    .min(100)
    .default(20_000)
    .describe('A publisher whose packets nobody takes for so long is let go, ms'),
  maxConnections: z.int().min(1).default(1024).describe('RTMP connections at once'),
  maxMessageBytes: z
    .int()
    .min(64 * 1024)
    .max(0xffffff)
    .default(8 * 1024 * 1024)
    .describe('Largest audio or video message, bytes: a key frame must fit'),
  maxHeldBytes: z
    .int()
    .min(64 * 1024)
    .default(4 * 1024 * 1024)
    .describe('Media kept while a publisher is being authorised, bytes; past it the socket waits'),
})
