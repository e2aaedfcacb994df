import { slope } from '../lib/statistics.ts'
import { rssOf } from '../lib/cpu.ts'
import type { Supervised } from '../../test/fleet/supervised.ts'

const MEGABYTE = 1024 * 1024
const HOUR_MS = 3_600_000
/** Of a process's life: caches fill, code is compiled, pools grow. */
const WARM_UP = 1 / 3

interface Series {
  pid: number
  samplesMB: number[]
}

/** Resident memory over time of each process that stays alive, and of this one. */
export class Memory {
  readonly #everyMs: number
  readonly #series = new Map<string, Series>()

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  sample(nodes: readonly Supervised[]): void {
    this.#take('harness', process.pid)
    for (const { name, pid } of nodes) if (pid !== undefined) this.#take(name, pid)
  }

  /** MB/h after warm-up by name; of a process that was started again, of its last life. */
  slopes(): Record<string, number> {
    return Object.fromEntries(
      [...this.#series].map(([name, { samplesMB }]) => {
        const warm = samplesMB.slice(Math.ceil(samplesMB.length * WARM_UP))
        return [name, warm.length < 3 ? 0 : Math.round((slope(warm) * HOUR_MS * 10) / this.#everyMs) / 10]
      }),
    )
  }

  /** MB at the end, by name. */
  last(): Record<string, number> {
    return Object.fromEntries(
      [...this.#series].map(([name, { samplesMB }]) => [name, Math.round(samplesMB.at(-1) ?? 0)]),
    )
  }

  #take(name: string, pid: number): void {
    let series = this.#series.get(name)
    if (series?.pid !== pid) {
      series = { pid, samplesMB: [] }
      this.#series.set(name, series)
    }
    try {
      series.samplesMB.push(rssOf(pid) / MEGABYTE)
    } catch {
      // It ended between two looks.
    }
  }
}
