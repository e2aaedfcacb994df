import { availableParallelism } from 'node:os'
import { X264_PRESETS } from '@livepeer-node/media'
import { z } from 'zod'

/** More than any core keeps up with at the default ladder: what a machine really takes is measured. */
const SESSIONS_PER_CORE = 8

export const options = z.strictObject({
  preset: z
    .enum(X264_PRESETS)
    .default('medium')
    .describe('libx264 preset: faster ones take less CPU and give a worse picture at the same bit rate'),
  threads: z
    .int()
    .min(0)
    .max(128)
    .default(0)
    .describe('Threads per session; 0 = as many as cores; 1 takes 7 % less CPU and half as much more time'),
  slots: z
    .int()
    .min(1)
    .max(1000)
    .default(() => SESSIONS_PER_CORE * availableParallelism())
    .describe('Sessions at once on the CPU at most; default eight per core'),
})

export type X264Options = z.output<typeof options>
