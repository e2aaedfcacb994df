import { z } from 'zod'

const DEVICES = /^(all|\d+(\s*,\s*\d+)*)$/

export const options = z.strictObject({
  nvidia: z
    .string()
    .trim()
    .regex(DEVICES, 'give card numbers separated by commas, as 0,2, or all')
    .optional()
    .describe('NVIDIA cards to transcode on: numbers separated by commas, or all; unset = those that pass a test'),
  sessionsPerCard: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(40)
    .describe('Sessions at once on each card at most'),
  encoderLimit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Encoders at once that the driver gives, all cards together; unset = found out at the start'),
  machine: z
    .string()
    .min(1)
    .optional()
    .describe('File that describes a machine: show what would be done there; nothing is transcoded on its cards'),
})

export type NvencOptions = z.output<typeof options>

/** The cards that the operator named; `undefined`: find out. */
export function namedCards(nvidia: string | undefined): readonly number[] | undefined {
  if (nvidia === undefined || nvidia === 'all') return undefined
  return [...new Set(nvidia.split(',').map(Number))]
}
