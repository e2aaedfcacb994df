import { z } from 'zod'

const DEVICES = /^(all|\d+(\s*,\s*\d+)*)$/

export const options = z.strictObject({
  nvidia: z
    .string()
    .trim()
    .regex(DEVICES, 'give card numbers separated by commas, as 0,2, or all')
    .optional()
    .describe('NVIDIA cards to transcode on: numbers separated by commas, or all; unset = those that pass a test'),
  sessionsPerCard: z.int().min(1).max(1000).default(10).describe('Sessions at once on each card'),
})

export type NvencOptions = z.output<typeof options>

/** The cards that the operator named; `undefined`: find out. */
export function namedCards(nvidia: string | undefined): readonly number[] | undefined {
  if (nvidia === undefined || nvidia === 'all') return undefined
  return [...new Set(nvidia.split(',').map(Number))]
}
