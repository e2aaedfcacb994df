import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { replaceFile } from '@livepeer-node/sdk'
import { z } from 'zod'

const found = z.object({
  /** Sessions at once, 1 or more. */
  sessions: z.int().min(1),
  /** Transcoding time by media time, at that many. */
  ratio: z.number().min(0),
  /** Encoded pixels per ms, all sessions together. */
  pixelsPerMs: z.number().min(0),
  limitedBy: z.enum(['speed', 'backends', 'maximum', 'time']),
  /** What others had of the machine's processors meanwhile, 0 to 1. */
  busy: z.number().min(0).max(1).default(0),
  /** ISO 8601. */
  measuredAt: z.string(),
})
const file = z.record(z.string(), found)

/** What a calibration found. */
export type Calibration = z.output<typeof found>

/** Machines and settings that one file remembers: a data folder may serve several roles. */
const MAX_ENTRIES = 8

/** Calibrations in a file, by what was measured. */
export class CalibrationCache {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** `undefined`: this was not measured yet. Rejects where the file cannot be read, or holds something else. */
  async get(subject: unknown): Promise<Calibration | undefined> {
    return (await this.#read())[keyOf(subject)]
  }

  /** Rejects where the file cannot be written; what was in it then stands. */
  async put(subject: unknown, calibration: Calibration): Promise<void> {
    const others = Object.entries(await this.#read().catch(() => ({}))).filter(([key]) => key !== keyOf(subject))
    const entries = Object.fromEntries([...others.slice(1 - MAX_ENTRIES), [keyOf(subject), calibration]])
    await replaceFile(this.path, `${JSON.stringify(entries, undefined, 2)}\n`)
  }

  async #read(): Promise<Record<string, Calibration>> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}'
      throw error
    })
    return file.parse(JSON.parse(text))
  }
}

function keyOf(subject: unknown): string {
  return createHash('sha256').update(JSON.stringify(subject)).digest('hex').slice(0, 16)
}
