import { generateClip, inspect } from '@livepeer-node/media'
import cpuX264 from '@livepeer-node/plugin-cpu-x264'
import orchestrator from '@livepeer-node/plugin-orchestrator'
import transcoder from '@livepeer-node/plugin-transcoder'
import type { Segment } from '@livepeer-node/sdk'
import { aProfile } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { shape, startRig } from './support/rig.ts'

const LADDER = [
  aProfile({ name: '180p', width: 320, height: 180, bitrate: 200_000 }),
  aProfile({ name: '90p', width: 160, height: 90, bitrate: 100_000 }),
]

const SLOW_MACHINE_MS = 120_000

/** The real ones, in one process with the broadcaster, over the real wire. */
const others = () => [
  orchestrator({ serviceAddr: '127.0.0.1:0' }),
  transcoder(),
  cpuX264({ preset: 'ultrafast', slots: 4 }),
]

async function clip(seq: number): Promise<Partial<Segment>> {
  const startPtsMs = 100 + seq * 1000
  const bytes = await generateClip({ seconds: 1, width: 320, height: 180, fps: 20, startPtsMs })
  return { bytes, durationMs: 1000 }
}

test(
  'a real orchestrator with a real encoder: every frame, at its time, in every rendition',
  async () => {
    const clips = [await clip(0), await clip(1)]
    await using rig = await startRig({ plugins: others(), ladder: LADDER })
    const stream = await rig.publish()
    for (const one of clips) stream.push(one)
    const sets = await stream.until(2)
    expect(sets.map(shape)).toEqual(clips.map(() => ['source', '180p', '90p']))
    for (const [n, { renditions }] of sets.entries()) {
      for (const rendition of renditions.slice(1)) {
        const { video, decodeErrors } = await inspect(rendition.ok ? rendition.bytes : new Uint8Array())
        expect(decodeErrors).toBe(0)
        const times = Array.from({ length: 20 }, (_, frame) => (100 + n * 1000 + frame * 50) * 90)
        expect(video.frames.map(({ pts90k }) => pts90k)).toEqual(times)
      }
    }
    expect(rig.reports.map(({ attempts }) => attempts.length)).toEqual([1, 1])
    await stream.publication.close('ended')
  },
  SLOW_MACHINE_MS,
)

test(
  'what no decoder takes is marked missing, once, and the stream goes on',
  async () => {
    const good = await clip(1)
    await using rig = await startRig({ plugins: others(), ladder: LADDER })
    const stream = await rig.publish()
    stream.push()
    stream.push(good)
    const sets = await stream.until(2)
    expect(sets.map(shape)).toEqual([
      ['source', '-180p', '-90p'],
      ['source', '180p', '90p'],
    ])
  },
  SLOW_MACHINE_MS,
)

test(
  'draining the whole node publishes what is under way',
  async () => {
    const one = await clip(0)
    await using rig = await startRig({ plugins: others(), ladder: LADDER })
    const stream = await rig.publish()
    stream.push(one)
    await stream.until(1)
    stream.push(one)
    stream.push(one)
    await rig.node.drain(new AbortController().signal)
    expect(stream.published.map(shape)).toEqual([1, 2, 3].map(() => ['source', '180p', '90p']))
  },
  SLOW_MACHINE_MS,
)
