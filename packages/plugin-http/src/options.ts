import { isLivepeerError } from '@livepeer-node/sdk'
import { parseAddress } from '@livepeer-node/protocol'
import { z } from 'zod'

/** Where an address lacks a part. */
export const PUBLIC_DEFAULT = { host: '127.0.0.1', port: 9935 } as const
export const CONTROL_DEFAULT = { host: '127.0.0.1', port: 5935 } as const

const OFF = ['', 'false', 'none']

function listenerAddress(fallback: { host: string; port: number }) {
  return z.union([z.literal(false), z.string()]).superRefine((value, context) => {
    if (isOff(value)) return
    try {
      if (/^https:/i.test(value)) context.addIssue('this listener speaks plain HTTP: write host:port')
      else parseAddress(value, fallback)
    } catch (error) {
      context.addIssue(isLivepeerError(error) ? `${error.message} Write host:port.` : String(error))
    }
  })
}

export const options = z.strictObject({
  httpAddr: listenerAddress(PUBLIC_DEFAULT)
    .default('127.0.0.1:9935')
    .describe('Address for players, HOST:PORT, HOST or :PORT; port 0 takes any free one, false is none'),
  cliAddr: listenerAddress(CONTROL_DEFAULT)
    .default('127.0.0.1:5935')
    .describe(
      'Address for the operator, who needs no password there: keep it private; port 0 = any free one, false = none',
    ),
  controlNames: z
    .array(z.string())
    .default([])
    .describe(
      'Names by which cliAddr may be called, beside IP addresses, localhost and single words: node-1.example.org',
    ),
  controlSocket: z
    .boolean()
    .default(true)
    .describe(
      'Also listen for the operator on a socket in the data folder, for livepeer drain, status and transcoders',
    ),
})

/** No listener wanted; the texts are what a flag or a variable can say. */
export function isOff(address: string | false): address is false {
  return address === false || OFF.includes(address.trim())
}
