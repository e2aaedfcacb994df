import { readFileSync } from 'node:fs'
import { LivepeerError } from '@livepeer-node/sdk'
import { z } from 'zod'
import { machineUnreadable } from './errors.ts'
import type { Machine } from './machine.ts'
import { type CardReading, parseRows } from './nvidia-smi.ts'

const card = z.strictObject({
  /** Encoders that the driver gives; absent: it does not limit them. */
  encoders: z.int().min(0).optional(),
  /** What FFmpeg writes when the card is tested; absent: it works. */
  failure: z.array(z.string()).min(1).optional(),
})

const description = z.strictObject({
  /** What machine it is, and how it came to be written down. */
  about: z.string().min(1),
  /** Rows of nvidia-smi, see `FIELDS`; absent: there is no nvidia-smi. */
  nvidiaSmi: z.array(z.string()).optional(),
  /** By number. */
  cards: z.record(z.string().regex(/^\d+$/), card),
})

const NO_DRIVER = ['Cannot load libcuda.so.1']
const NO_CARD = [
  'cu->cuDeviceGet(&hwctx->cuda_device, device) failed -> CUDA_ERROR_INVALID_DEVICE: invalid device ordinal',
]

/** A machine out of a file: its cards answer as they did there, and transcode nothing. */
export class RecordedMachine implements Machine {
  readonly about: string
  readonly mayHaveCards = true
  readonly #description: z.output<typeof description>

  /** Throws `LP_MACHINE_UNREADABLE`. */
  constructor(file: string) {
    try {
      this.#description = description.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch (error) {
      throw machineUnreadable(file, error instanceof z.ZodError ? new Error(z.prettifyError(error)) : error)
    }
    this.about = this.#description.about
  }

  async test(number: number): Promise<void> {
    const { cards } = this.#description
    const none = Object.keys(cards).length === 0 ? NO_DRIVER : NO_CARD
    const found = cards[String(number)]
    const lines = found ? found.failure : none
    if (!lines) return
    const cause = new Error(lines.join('\n'))
    throw new LivepeerError({ code: 'LP_ENCODER_OPEN', kind: 'environment', message: 'As it was recorded.', cause })
  }

  async countEncoders(number: number, atMost: number): Promise<number> {
    return Math.min(this.#description.cards[String(number)]?.encoders ?? atMost, atMost)
  }

  async readings(): Promise<readonly CardReading[] | undefined> {
    const { nvidiaSmi } = this.#description
    return nvidiaSmi && parseRows(nvidiaSmi)
  }
}
