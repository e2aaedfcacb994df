import { setTimeout as delay } from 'node:timers/promises'
import { generateClip, TranscodeEngine } from '@livepeer-node/media'
import type { Ladder } from '@livepeer-node/sdk'
import { LADDER } from './lib/profiles.ts'
import { silentLog } from './lib/quiet-log.ts'
import { median, percentile, round } from './lib/statistics.ts'
import type { Bench } from './run.ts'

const SEGMENT_MS = 1000
const RUNGS: Ladder = LADDER.slice(2)
const WARM_UP_SEGMENTS = 5
/** The victim's encoder crashes in every so many segments. */
const CRASH_EVERY = 4
/** How far into its work it is then, ms. */
const CRASH_AFTER_MS = 40
/** A segment that began less than this after a crash is one beside a crash, ms: a new worker starts meanwhile. */
const BESIDE_MS = 1500

/**
 * One encoder dies by SIGSEGV in the midst of every fourth segment of its stream; the segments of the other streams are timed,
 * those beside a crash and those far from one. Sessions of the media engine in real time with x264, a process each, evenly
 * spread over a second.
 */
export const bench: Bench = {
  defaults: { seconds: 120, streams: 4, runs: 1, segments: 0 },
  async run({ streams, seconds }) {
    const clip = await generateClip({
      seconds: SEGMENT_MS / 1000,
      width: 640,
      height: 360,
      fps: 30,
      bitrate: 1_500_000,
    })
    const engine = new TranscodeEngine({ log: silentLog, deadlineMs: () => 20_000 })
    try {
      const opened = Array.from({ length: streams }, (_, i) => {
        const spec = { sessionId: `stream-${i}`, ladder: RUNGS, provider: '' }
        return engine.open(spec, { kind: 'x264', preset: 'ultrafast', threads: 1 })
      })
      const load = new Load(await Promise.all(opened), clip)
      await load.run(WARM_UP_SEGMENTS)
      return figures(await load.run(seconds), streams)
    } finally {
      await engine.close()
    }
  },
}

type Session = Awaited<ReturnType<TranscodeEngine['open']>>

interface Seen {
  /** ms that segments of the others took. */
  readonly beside: number[]
  readonly apart: number[]
  crashes: number
}

function figures({ beside, apart, crashes }: Seen, streams: number) {
  return {
    p95Ratio: round(percentile(beside, 95) / percentile(apart, 95)),
    p50Ratio: round(median(beside) / median(apart)),
    p95Ms: round(percentile(apart, 95), 1),
    p95MsBesideCrash: round(percentile(beside, 95), 1),
    p50Ms: round(median(apart), 1),
    p50MsBesideCrash: round(median(beside), 1),
    segments: apart.length,
    segmentsBesideCrash: beside.length,
    crashes,
    streams,
  }
}

/** The first session is the victim. */
class Load {
  readonly #sessions: readonly Session[]
  readonly #clip: Uint8Array
  #crashedAt = -Infinity

  constructor(sessions: readonly Session[], clip: Uint8Array) {
    this.#sessions = sessions
    this.#clip = clip
  }

  /** So many segments of each. Every one of them must be delivered, the victim's too. */
  async run(segments: number): Promise<Seen> {
    const seen: Seen = { beside: [], apart: [], crashes: 0 }
    const begun = performance.now()
    const stream = async (session: Session, i: number): Promise<void> => {
      for (let seq = 0; seq < segments; seq++) {
        await delay(Math.max(0, begun + (seq + i / this.#sessions.length) * SEGMENT_MS - performance.now()))
        const isHit = i === 0 && seq % CRASH_EVERY === CRASH_EVERY - 1
        const [ms] = await Promise.all([this.#transcode(session, seq), isHit && this.#crash(session)])
        if (isHit) seen.crashes += 1
        if (i > 0) (performance.now() - ms - this.#crashedAt < BESIDE_MS ? seen.beside : seen.apart).push(ms)
      }
    }
    await Promise.all(this.#sessions.map(stream))
    return seen
  }

  async #transcode(session: Session, seq: number): Promise<number> {
    const begun = performance.now()
    const { renditions } = await session.transcode(
      { seq, durationMs: SEGMENT_MS, bytes: this.#clip },
      AbortSignal.timeout(20_000),
    )
    if (renditions.length !== RUNGS.length) throw new Error('renditions are missing')
    return performance.now() - begun
  }

  async #crash(session: Session): Promise<void> {
    await delay(CRASH_AFTER_MS)
    if (session.workerPid === undefined) throw new Error('no worker to crash')
    process.kill(session.workerPid, 'SIGSEGV')
    this.#crashedAt = performance.now()
  }
}
