import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Fault, partition, pause } from '@livepeer-node/test-kit/faults'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { badLines, leftInRegistries, orphans } from '../fleet/aftermath.ts'
import { Fleet, type Member, RUN_VARIABLE } from '../fleet/fleet.ts'
import { makeClip } from '../fleet/publishing.ts'
import { Show, type ShowResult } from '../fleet/show.ts'
import type { Supervised } from '../fleet/supervised.ts'
import { hasFfmpeg } from './publisher.ts'

if (!hasFfmpeg) console.warn('fleet: skipped, there is no ffmpeg to publish with')

/** Far past what any segment takes, but for one that a fault has hit. */
const LATE_MS = 2000

describe.skipIf(!hasFfmpeg)('a fleet under load', () => {
  let clips: string
  let folder: string
  let run: string
  const said: string[] = []

  beforeAll(async () => {
    clips = mkdtempSync(join(tmpdir(), 'livepeer-fleet-'))
    await makeClip(join(clips, 'clip.flv'), 60)
  })
  afterAll(() => rmSync(clips, { recursive: true, force: true }))
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'livepeer-fleet-'))
    run = randomUUID()
    said.length = 0
  })
  afterEach(async () => {
    for (const pid of await orphans(RUN_VARIABLE, run)) process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (sizes: { transcoders: number; orchestrators: number; streams: number }) =>
    Fleet.start({ ...sizes, folder, run })

  const play = (fleet: Fleet, streams: number, seconds: number) =>
    new Show({
      fleet,
      clip: join(clips, 'clip.flv'),
      streams,
      seconds,
      lateMs: LATE_MS,
      say: (line) => said.push(line),
    })

  /** Everything was shown, every process ended well, nothing is left behind. */
  async function expectNothingLost(fleet: Fleet, result: ShowResult): Promise<void> {
    expect(said.filter((line) => !line.includes(' took '))).toEqual([])
    expect(result).toMatchObject({ delivered: result.expected, failures: [] })
    expect(await fleet.stop(leftInRegistries)).toEqual([])
    expect(await orphans(RUN_VARIABLE, run)).toEqual([])
    expect(await badLines(fleet.nodes)).toEqual([])
  }

  it('each of four transcoders is restarted in turn: nothing is lost', async () => {
    const fleet = await start({ transcoders: 4, orchestrators: 1, streams: 4 })
    await using show = play(fleet, 4, 40)
    await show.reached(2)
    const nodes = fleet.transcoders.map(({ node }) => node)
    for (const node of nodes) await node.restart()
    const result = await show.finished()
    await expectNothingLost(fleet, result)
    for (const { exits } of nodes) expect(exits.length).toBe(2)
    expectGoodEnds(fleet.nodes)
  })

  it('each of two orchestrators is restarted in turn: nothing is lost', async () => {
    const fleet = await start({ transcoders: 4, orchestrators: 2, streams: 4 })
    await using show = play(fleet, 4, 50)
    await show.reached(2)
    for (const node of fleet.orchestrators) {
      const shown = show.shown
      await node.restart()
      await fleet.attached()
      await show.reached(shown + 4)
    }
    const result = await show.finished()
    await expectNothingLost(fleet, result)
    expectGoodEnds(fleet.nodes)
  })

  it.each([pause(), partition()])(
    'one of two transcoders, $name: at most one late segment per session',
    async (fault) => {
      const fleet = await start({ transcoders: 2, orchestrators: 1, streams: 3 })
      await using show = play(fleet, 3, 40)
      await show.reached(4)
      const member = await fleet.busiest()
      const damage = await fault.inject(targetOf(member))
      await show.reached(show.shown + 5)
      await damage[Symbol.asyncDispose]()
      const result = await show.finished()
      await expectNothingLost(fleet, result)
      for (const count of lateSinceStart(result, 4).values()) expect(count).toBeLessThanOrEqual(1)
    },
  )
})

function targetOf({ node, link }: Member): Parameters<Fault['inject']>[0] {
  return { name: node.name, pid: node.pid, link }
}

/** Nodes that were told to leave in order, once or more, did so. */
function expectGoodEnds(nodes: readonly Supervised[]): void {
  for (const { name, exits } of nodes) for (const exit of exits) expect({ name, ...exit }).toMatchObject({ code: 0 })
}

/** Late segments by stream, but for those before `seq`: a first one waits for a cold start. */
function lateSinceStart({ late }: ShowResult, from: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { streamId, seq } of late) if (seq >= from) counts.set(streamId, (counts.get(streamId) ?? 0) + 1)
  return counts
}
