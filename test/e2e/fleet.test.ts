import { type Fault, partition, pause } from '@livepeer-node/test-kit/faults'
import { describe, expect, it } from 'vitest'
import type { Member } from '../fleet/fleet.ts'
import type { ShowResult } from '../fleet/show.ts'
import { expectGoodEnds, Stage } from '../fleet/stage.ts'
import type { Supervised } from '../fleet/supervised.ts'
import { hasFfmpeg } from './publisher.ts'

if (!hasFfmpeg) console.warn('fleet: skipped, there is no ffmpeg to publish with')

/** Of `livepeer drain`. */
const WELL = 'Drained: everything was finished or handed over.'

describe.skipIf(!hasFfmpeg)('a fleet under load', () => {
  it('each of four transcoders is drained and started again in turn: nothing is lost', async () => {
    const stage = new Stage()
    const fleet = await stage.start({ transcoders: 4, orchestrators: 1, streams: 4 })
    await using show = stage.play({ fleet, clips: [await stage.clip(60)], streams: 4, seconds: 28 })
    await show.reached(2)
    const nodes = fleet.transcoders.map(({ node }) => node)
    for (const node of nodes) expect(await node.restart()).toContain(WELL)
    expect(show.isPushing).toBe(true)
    await stage.expectNothingLost(fleet, await show.finished())
    expectRestarted(nodes)
    expectGoodEnds(fleet.nodes)
  })

  it('each of two orchestrators is drained and started again in turn: nothing is lost', async () => {
    const stage = new Stage()
    const fleet = await stage.start({ transcoders: 4, orchestrators: 2, streams: 4 })
    await using show = stage.play({ fleet, clips: [await stage.clip(60)], streams: 4, seconds: 40 })
    await show.reached(2)
    for (const node of fleet.orchestrators) {
      const shown = show.shown
      expect(await node.restart()).toContain(WELL)
      await fleet.attached()
      await show.reached(shown + 3)
    }
    expect(show.isPushing).toBe(true)
    await stage.expectNothingLost(fleet, await show.finished())
    expectRestarted(fleet.orchestrators)
    expectGoodEnds(fleet.nodes)
  })

  it.each([pause(), partition()])(
    'one of two transcoders, $name: at most one late segment per session',
    async (fault) => {
      const stage = new Stage()
      const fleet = await stage.start({ transcoders: 2, orchestrators: 1, streams: 3 })
      await using show = stage.play({ fleet, clips: [await stage.clip(60)], streams: 3, seconds: 40 })
      await show.reached(4)
      const member = await fleet.busiest()
      const damage = await fault.inject(targetOf(member))
      await show.reached(show.shown + 5)
      await damage[Symbol.asyncDispose]()
      const result = await show.finished()
      await stage.expectNothingLost(fleet, result)
      for (const count of lateSinceStart(result, 4).values()) expect(count).toBeLessThanOrEqual(1)
    },
  )
})

function targetOf({ node, link }: Member): Parameters<Fault['inject']>[0] {
  return { name: node.name, pid: node.pid, link }
}

/** Once: it ended, was started again, and then ended for good. */
function expectRestarted(nodes: readonly Supervised[]): void {
  for (const { name, starts, exits } of nodes)
    expect({ name, starts, ends: exits.length }).toEqual({ name, starts: 2, ends: 2 })
}

/** Late segments by stream, but for those before `seq`: a first one waits for a cold start. */
function lateSinceStart({ late }: ShowResult, from: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { streamId, seq } of late) if (seq >= from) counts.set(streamId, (counts.get(streamId) ?? 0) + 1)
  return counts
}
