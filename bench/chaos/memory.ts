import { descendantsOf } from '@livepeer-node/test-kit/faults'
import type { Supervised } from '../../test/fleet/supervised.ts'
import { rssOf } from '../lib/cpu.ts'
import { slope } from '../lib/statistics.ts'

const MEGABYTE = 1024 * 1024
const HOUR_MS = 3_600_000
/** Of a process's life: caches fill, code is compiled, pools grow. */
const WARM_UP = 1 / 3
/** Of a younger process nothing can be said. */
const OLD_MS = 600_000
/** Of so long the lowest value counts: what stands after garbage was collected. */
const WINDOW_MS = 60_000

interface Series {
  readonly name: string
  readonly samplesMB: number[]
}

/** Resident memory over time of each process of a run that lives, their workers and this process included. */
export class Memory {
  readonly #everyMs: number
  #series = new Map<number, Series>()

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  sample(nodes: readonly Supervised[]): void {
    const before = this.#series
    this.#series = new Map()
    this.#take(before, process.pid, 'harness')
    for (const { name, pid } of nodes) {
      if (pid === undefined) continue
      this.#take(before, pid, name)
      for (const worker of descendantsOf(pid)) this.#take(before, worker, `${name} worker ${worker}`)
    }
  }

  /** MB/h after warm-up, by name, of those that are old enough. */
  slopes(): Record<string, number> {
    const old = [...this.#series.values()].filter(({ samplesMB }) => samplesMB.length * this.#everyMs >= OLD_MS)
    return Object.fromEntries(old.map(({ name, samplesMB }) => [name, this.#slope(samplesMB)]))
  }

  /** MB now, by name. */
  last(): Record<string, number> {
    return Object.fromEntries(
      [...this.#series.values()].map(({ name, samplesMB }) => [name, Math.round(samplesMB.at(-1) ?? 0)]),
    )
  }

  #take(before: ReadonlyMap<number, Series>, pid: number, name: string): void {
    try {
      const now = rssOf(pid) / MEGABYTE
      const series = before.get(pid) ?? { name, samplesMB: [] }
      series.samplesMB.push(now)
      this.#series.set(pid, series)
    } catch {
      // It ended between two looks.
    }
  }

  #slope(samplesMB: readonly number[]): number {
    const warm = samplesMB.slice(Math.ceil(samplesMB.length * WARM_UP))
    const size = WINDOW_MS / this.#everyMs
    const windows = Array.from({ length: Math.floor(warm.length / size) }, (_, at) =>
      Math.min(...warm.slice(at * size, (at + 1) * size)),
    )
    return Math.round(((slope(windows) * HOUR_MS) / WINDOW_MS) * 10) / 10
  }
}
