import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { TemporaryFolder } from '@livepeer-node/test-kit/faults'
import { assert, onTestFinished } from 'vitest'
import { badLines, leftInRegistries, orphans } from './aftermath.ts'
import { Fleet, type FleetInit, RUN_VARIABLE } from './fleet.ts'
import { makeClip } from './publishing.ts'
import { Show, type ShowInit, type ShowResult } from './show.ts'
import type { Supervised } from './supervised.ts'

/** Far past what any segment takes, but for one that a fault has hit. */
const LATE_MS = 2000

/** One fleet of a test, with a folder of its own; made in that test, which it clears up after, also where that takes too long. */
export class Stage {
  readonly #folder = new TemporaryFolder('fleet')
  readonly #run = randomUUID()
  readonly #said: string[] = []
  readonly #over = new AbortController()

  constructor() {
    onTestFinished(() => this.#clear())
  }

  start(init: Omit<FleetInit, 'folder' | 'run'>): Promise<Fleet> {
    return Fleet.start({ ...init, folder: this.#folder.path, run: this.#run, signal: this.#over.signal })
  }

  play(init: Omit<ShowInit, 'lateMs' | 'say'>): Show {
    return new Show({ ...init, lateMs: LATE_MS, say: (line) => this.#said.push(line) })
  }

  /** Its name is its picture; see `makeClip`. */
  async clip(seconds: number, picture?: string): Promise<string> {
    const file = join(this.#folder.path, `${picture?.replaceAll(/\W/g, '-') ?? 'clip'}.flv`)
    await makeClip(file, seconds, picture)
    return file
  }

  /** Everything was shown, every process ended well, nothing is left behind. */
  async expectNothingLost(fleet: Fleet, result: ShowResult): Promise<void> {
    assert.deepEqual(
      this.#said.filter((line) => !line.includes(' took ')),
      [],
    )
    assert.deepEqual(result.failures, [])
    assert.equal(result.delivered, result.expected)
    assert.deepEqual(await fleet.stop(leftInRegistries), [])
    assert.deepEqual(await orphans(RUN_VARIABLE, this.#run), [])
    assert.deepEqual(await badLines(fleet.nodes), [])
  }

  async #clear(): Promise<void> {
    this.#over.abort()
    for (const pid of await orphans(RUN_VARIABLE, this.#run)) process.kill(pid, 'SIGKILL')
    this.#folder[Symbol.dispose]()
  }
}

/** Nodes that were told to leave in order, once or more, did so. */
export function expectGoodEnds(nodes: readonly Supervised[]): void {
  for (const { name, exits } of nodes) for (const { code } of exits) assert.equal(code, 0, name)
}
