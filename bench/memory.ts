import { readFileSync } from 'node:fs'
import { generateClip, TranscodeEngine } from '@livepeer-node/media'
import type { Ladder } from '@livepeer-node/sdk'
import { rssOf } from './lib/cpu.ts'
import { hdSegments } from './lib/media.ts'
import { LADDER, TINY_LADDER } from './lib/profiles.ts'
import { quietLog } from './lib/quiet-log.ts'
import { round, slope } from './lib/statistics.ts'
import type { Bench } from './run.ts'

const MB = 1e6

/** Resident memory of a transcode worker over many segments: small ones, then 1080p. The slope is of the last two thirds. */
export const bench: Bench = {
  defaults: { segments: 1200, runs: 1, streams: 1, seconds: 0.5 },
  async run({ segments, seconds }) {
    const clip = await generateClip({ seconds, width: 320, height: 180, fps: 30, bFrames: 2, startPtsMs: 1000 })
    const small = await growth('small', { ladder: TINY_LADDER, segments, sources: [clip] })
    const folder = await hdSegments({ count: 10, seconds })
    const sources = Array.from({ length: 10 }, (_, i) => readFileSync(`${folder}/${i}.ts`))
    const hd = await growth('1080p', { ladder: LADDER, segments: Math.ceil(segments / 4), sources })
    return {
      mbPer100Segments: round(Math.max(small.mbPer100Segments, hd.mbPer100Segments)),
      smallMbPer100Segments: small.mbPer100Segments,
      smallRssMB: small.rssMB,
      hdMbPer100Segments: hd.mbPer100Segments,
      hdRssMB: hd.rssMB,
      smallSegments: segments,
      hdSegments: Math.ceil(segments / 4),
    }
  },
}

interface Load {
  readonly ladder: Ladder
  readonly segments: number
  /** Taken in turn. */
  readonly sources: readonly Uint8Array[]
}

async function growth(name: string, { ladder, segments, sources }: Load) {
  const engine = new TranscodeEngine({ log: quietLog, deadlineMs: () => 120_000 })
  try {
    const session = await engine.open(
      { sessionId: 'bench', ladder, provider: '' },
      { kind: 'x264', preset: 'ultrafast' },
    )
    const pid = session.workerPid
    const rss: number[] = []
    for (let seq = 0; seq < segments; seq++) {
      const bytes = sources[seq % sources.length] ?? new Uint8Array()
      await session.transcode({ seq, durationMs: 500, bytes }, AbortSignal.timeout(120_000))
      if (!pid || session.workerPid !== pid) throw new Error(`the worker was replaced after ${seq + 1} segments`)
      rss.push(rssOf(pid) / MB)
      if (seq % 50 === 49) console.error(`${name}: ${seq + 1} segments, ${round(rss.at(-1) ?? 0, 1)} MB`)
    }
    const settled = rss.slice(Math.floor(segments / 3))
    return { mbPer100Segments: round(slope(settled) * 100), rssMB: round(settled.at(-1) ?? 0, 1) }
  } finally {
    await engine.close()
  }
}
