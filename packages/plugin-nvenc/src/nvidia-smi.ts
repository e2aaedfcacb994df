import { execa } from 'execa'

/** What nvidia-smi is asked for, in this order; a machine description's rows are answers to it. */
export const FIELDS = [
  'index',
  'uuid',
  'name',
  'driver_version',
  'memory.used',
  'memory.total',
  'utilization.gpu',
  'encoder.stats.sessionCount',
  'utilization.encoder',
] as const

/** Drivers before 520 do not know the last one, and then answer nothing at all. */
const OLD_FIELDS = FIELDS.slice(0, -1)
const UNKNOWN_FIELD = /is not a valid field/
const LIMIT_MS = 5000
const MIB = 1024 * 1024
const PERCENT = 100

/** One card as nvidia-smi sees it. A snapshot; what the card does not tell is left out. */
export interface CardReading {
  /** In the order of the bus. */
  readonly index: number
  readonly uuid: string
  readonly name: string
  readonly driver: string
  readonly memoryUsedBytes?: number
  readonly memoryTotalBytes?: number
  /** From 0 to 1. */
  readonly utilisation?: number
  readonly encoderUtilisation?: number
  /** Encoders open, of all processes. */
  readonly encoderSessions?: number
}

/** Runs nvidia-smi with these arguments; resolves with what it prints, rejects where it fails or is absent. */
export type RunSmi = (args: readonly string[]) => Promise<string>

const runSmi: RunSmi = async (args) => {
  const { stdout } = await execa('nvidia-smi', args, { timeout: LIMIT_MS, killSignal: 'SIGKILL', stdin: 'ignore' })
  return stdout
}

/** All cards of the machine, by number. Rejects where nvidia-smi is absent or fails: nothing is known then. */
export async function readCards(run: RunSmi = runSmi): Promise<readonly CardReading[]> {
  const query = (fields: readonly string[]) => run([`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'])
  const text = await query(FIELDS).catch((error: unknown) => {
    if (UNKNOWN_FIELD.test(String(error))) return query(OLD_FIELDS)
    throw error
  })
  return parseRows(text.split('\n'))
}

/** Rows of nvidia-smi; what is no row of a card is skipped. */
export function parseRows(rows: readonly string[]): readonly CardReading[] {
  return rows.flatMap((row) => {
    const [index = '', uuid = '', name = '', driver = '', ...numbers] = row.split(',').map((cell) => cell.trim())
    if (!/^\d+$/.test(index) || !name) return []
    const [memoryUsed, memoryTotal, utilisation, encoderSessions, encoderUtilisation] = numbers.map(numberOf)
    return [
      {
        index: Number(index),
        uuid,
        name: name.startsWith('NVIDIA') ? name : `NVIDIA ${name}`,
        driver,
        ...(memoryUsed !== undefined && { memoryUsedBytes: memoryUsed * MIB }),
        ...(memoryTotal !== undefined && { memoryTotalBytes: memoryTotal * MIB }),
        ...(utilisation !== undefined && { utilisation: utilisation / PERCENT }),
        ...(encoderSessions !== undefined && { encoderSessions }),
        ...(encoderUtilisation !== undefined && { encoderUtilisation: encoderUtilisation / PERCENT }),
      },
    ]
  })
}

/** A card says `[N/A]` or `[Not Supported]` to what it does not know. */
function numberOf(cell: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(cell) ? Number(cell) : undefined
}

/**
 * The cards by their numbers in this process: CUDA_VISIBLE_DEVICES leaves cards out and numbers the others anew, and
 * nvidia-smi does not look at it.
 */
export function visibleCards(cards: readonly CardReading[], visible: string | undefined): readonly CardReading[] {
  if (visible === undefined) return cards
  const wanted = visible.split(',').map((text) => text.trim())
  const found: CardReading[] = []
  for (const text of wanted) {
    const card = cards.find(({ index, uuid }) => String(index) === text || (text.length > 4 && uuid.startsWith(text)))
    if (!card) break // as CUDA does: what stands after a wrong one does not count
    found.push({ ...card, index: found.length })
  }
  return found
}
