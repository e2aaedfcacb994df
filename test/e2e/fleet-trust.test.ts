import { readFileSync } from 'node:fs'
import type { Spoil } from '@livepeer-node/test-kit/faults'
import { describe, expect, it } from 'vitest'
import { brightnessOf } from '../fleet/brightness.ts'
import type { Supervised } from '../fleet/supervised.ts'
import { expectGoodEnds, Stage } from '../fleet/stage.ts'
import { hasFfmpeg } from './publisher.ts'

if (!hasFfmpeg) console.warn('fleet-trust: skipped, there is no ffmpeg to publish with')

const LADDER = [
  { name: 'small', width: 160, height: 90, bitrate: 100_000, fps: 0, profile: 'h264baseline' },
  { name: 'smaller', width: 128, height: 72, bitrate: 80_000, fps: 0, profile: 'h264baseline' },
]
/** One per stream: no two are alike, and each is as bright as its number says, and so known again however small it is made. */
const PICTURES = ['testsrc2', 'mandelbrot', 'smptebars', 'rgbtestsrc'].map(
  (source, index) => `${source},lutyuv=y=val/5+${24 + index * 48}`,
)
const SECONDS = 20
/** Two pictures differ by more than this. */
const APART = 24

interface LogLine {
  readonly msg: string
  readonly transcoder?: string
}

function logOf({ logFile }: Supervised): LogLine[] {
  const lines = readFileSync(logFile, 'utf8').split('\n')
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine)
}

describe.skipIf(!hasFfmpeg)('a transcoder that is not to be trusted', () => {
  it.each<{ what: string; lies: readonly Spoil[]; after: number }>([
    { what: 'garbage, a rendition missing, wrong sizes', lies: ['garbage', 'fewer', 'sizes'], after: 2 },
    // Swapping takes two sessions, with a result each.
    { what: 'another stream’s result', lies: ['swapped'], after: 6 },
  ])('$what: nothing of it is shown, its sender is named and suspended', async ({ lies, after }) => {
    const stage = new Stage()
    const clips = await Promise.all(PICTURES.map((picture) => stage.clip(SECONDS, picture)))
    const wanted = await Promise.all(clips.map(async (clip) => mean(await brightnessOf(readFileSync(clip)))))
    const fleet = await stage.start({
      transcoders: 1 + lies.length,
      orchestrators: 1,
      streams: clips.length,
      ladder: LADDER,
      // The first one is honest.
      lieOf: (index) => lies.map((how) => ({ how, after }))[index - 1],
    })
    const isOwn = async (media: Buffer, index: number) =>
      (await brightnessOf(media)).every((one) => Math.abs(one - (wanted[index] ?? NaN)) < APART)
    await using show = stage.play({ fleet, clips, streams: clips.length, seconds: SECONDS, isOwn })
    await stage.expectNothingLost(fleet, await show.finished())

    const log = fleet.orchestrators.flatMap(logOf)
    const suspended = log.flatMap(({ msg, transcoder }) => (msg.startsWith('transcoder suspended') ? [transcoder] : []))
    expect(new Set(suspended)).toEqual(new Set(lies.map((_, index) => `transcoder-${1 + index}`)))
  })

  it('one whose token is taken back in the middle of its work: gone at once and kept out, nothing is lost', async () => {
    const stage = new Stage()
    const fleet = await stage.start({
      transcoders: 2,
      orchestrators: 1,
      streams: 3,
      secretOf: async (index, orchestrator) =>
        index === 0 ? undefined : await orchestrator.command('transcoders', 'add', 'guest'),
    })
    await using show = stage.play({ fleet, clips: [await stage.clip(60)], streams: 3, seconds: 20 })
    await show.reached(3)
    const [orchestrator, guest] = [fleet.orchestrators[0], fleet.transcoders[1]?.node]
    if (!orchestrator || !guest) throw new Error('the fleet is not complete')
    expect(await attachedTo(orchestrator)).toEqual(['guest', 'transcoder-0'])
    expect((await sectionOf(guest)).sessions.length).toBeGreaterThan(0)
    await orchestrator.command('transcoders', 'revoke', 'guest')
    expect(await attachedTo(orchestrator)).toEqual(['transcoder-0'])
    const result = await show.finished()
    expect((await sectionOf(guest)).state).not.toBe('attached')
    // Nobody can tell it that its sessions have moved: they would wait for 70 s.
    await guest.stop()
    await stage.expectNothingLost(fleet, result)

    expect(logOf(orchestrator).map(({ msg }) => msg)).toContain('transcoder refused')
    expectGoodEnds(fleet.nodes)
  })
})

const attachedTo = async (orchestrator: Supervised) => {
  const list = JSON.parse(await orchestrator.command('transcoders', '--json')) as readonly { name: string }[]
  return list.map(({ name }) => name).toSorted()
}

const sectionOf = (node: Supervised) => node.status<{ state: string; sessions: readonly unknown[] }>('transcoder')

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
