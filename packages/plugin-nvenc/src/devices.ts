import type { Clock, Metric, TranscodeDevice } from '@livepeer-node/sdk'
import type { Card, Cards } from './cards.ts'
import type { CardReading } from './nvidia-smi.ts'

/** Youngest reading that is read anew, ms; a scrape comes every 15 s or so. */
const FRESH_MS = 10_000
/** Longest wait for a reading, ms; after it the one before is shown. */
const PATIENCE_MS = 1000

export interface DevicesInit {
  readonly backend: string
  readonly cards: Cards
  /** As read at the start. */
  readonly readings: readonly CardReading[]
  readonly read: () => Promise<readonly CardReading[] | undefined>
  readonly clock: Clock
}

/** The cards for whoever looks. nvidia-smi is asked only then, and not more often than every ten seconds. */
export class Devices {
  readonly #init: DevicesInit
  #readings: readonly CardReading[]
  #readAt: number
  #reading: Promise<void> | undefined

  constructor(init: DevicesInit) {
    this.#init = init
    this.#readings = init.readings
    this.#readAt = init.clock.monotonic()
  }

  async list(): Promise<readonly TranscodeDevice[]> {
    await this.#refresh()
    const { backend, cards } = this.#init
    return cards.all.map((card) => ({
      backend,
      id: String(card.index),
      name: card.model,
      ...state(card),
      sessions: card.sessions,
      slots: cards.sessionsPerCard,
      ...this.#known(card),
      ...(card.encoders.limit !== undefined && { encoderSessionLimit: card.encoders.limit }),
    }))
  }

  async metrics(): Promise<readonly Metric[]> {
    await this.#refresh()
    return this.#init.cards.all.flatMap((card) => metricsOf(card, this.#readingOf(card)))
  }

  /** What nvidia-smi said of it. */
  #known(card: Card): Partial<TranscodeDevice> {
    const { index: _, name: __, uuid: ___, ...known } = this.#readingOf(card) ?? {}
    return known
  }

  #readingOf({ index }: Card): CardReading | undefined {
    return this.#readings.find((reading) => reading.index === index)
  }

  async #refresh(): Promise<void> {
    const { clock } = this.#init
    if (this.#readings.length === 0 || clock.monotonic() - this.#readAt < FRESH_MS) return
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    const patience = new AbortController()
    await Promise.race([this.#reading, clock.sleep(PATIENCE_MS, patience.signal).catch(() => {})])
    patience.abort()
  }

  async #read(): Promise<void> {
    const readings = await this.#init.read()
    this.#readAt = this.#init.clock.monotonic()
    if (readings) this.#readings = readings
  }
}

function state({ health }: Card): Pick<TranscodeDevice, 'state' | 'problem' | 'remedy'> {
  const { problem } = health
  if (!problem) return { state: 'ok' }
  return { state: 'out', problem: problem.message, ...(problem.remedy && { remedy: problem.remedy }) }
}

/** Name, help and where it comes from. go-livepeer has none of these. */
const GAUGES: readonly (readonly [
  string,
  string,
  (card: Card, reading: CardReading | undefined) => number | undefined,
])[] = [
  ['up', 'Whether the card works: 1, or 0 while it is taken out', ({ health }) => (health.problem ? 0 : 1)],
  ['sessions', 'Sessions of this node on the card', ({ sessions }) => sessions],
  ['encoder_session_limit', 'Encoders that the driver gives, all cards together', ({ encoders }) => encoders.limit],
  [
    'pixels_per_second',
    'Encoded pixels, measured over its latest segments',
    ({ speed }) => perSecond(speed.pixelsPerMs),
  ],
  ['encoder_sessions', 'Encoders open on the card, of all processes', (_, reading) => reading?.encoderSessions],
  ['utilisation_ratio', 'How busy the card is', (_, reading) => reading?.utilisation],
  ['encoder_utilisation_ratio', 'How busy the card’s encoders are', (_, reading) => reading?.encoderUtilisation],
  ['memory_used_bytes', 'Memory in use on the card, by all processes', (_, reading) => reading?.memoryUsedBytes],
  ['memory_total_bytes', 'Memory of the card', (_, reading) => reading?.memoryTotalBytes],
]

function metricsOf(card: Card, reading: CardReading | undefined): readonly Metric[] {
  const labels = { gpu: String(card.index), model: card.model }
  const counted = [
    { name: 'livepeer_gpu_failures_total', help: 'How often the card was taken out', value: card.health.failures },
    { name: 'livepeer_gpu_encoded_pixels_total', help: 'Pixels that the card has encoded', value: card.pixels },
  ]
  return [
    ...GAUGES.flatMap(([name, help, read]): Metric[] => {
      const value = read(card, reading)
      return value === undefined ? [] : [{ name: `livepeer_gpu_${name}`, help, type: 'gauge', value, labels }]
    }),
    ...counted.map((metric): Metric => ({ ...metric, type: 'counter', labels })),
  ]
}

function perSecond(perMs: number | undefined): number | undefined {
  return perMs === undefined ? undefined : perMs * 1000
}
