import { setTimeout as delay } from 'node:timers/promises'
import { cpuSecondsOf, rssOf } from './lib/cpu.ts'
import { median, percentile, round } from './lib/statistics.ts'
import { readElapsed } from './relay/padding.ts'
import { sourceSegment, Uploader } from './relay/load.ts'
import { attachedOrchestrator, type Peer } from './relay/peers.ts'
import type { Bench } from './run.ts'

const SEGMENT_BYTES = 640_000
const RENDITION_BYTES = 1_000_000
const SEGMENT_MS = 2000
/** What transcoding "takes". */
const TRANSCODE_MS = 250
const WARM_UP_ROUNDS = 10
const RSS_AFTER_SEGMENTS = 400
const MB = 1e6

/**
 * What an orchestrator adds to a segment: streams in real time, each posts 640 kB every 2 s and fetches 1 MB of renditions; an
 * attached transcoder takes 250 ms and says in its renditions how long it really took. The rest of the time from the first
 * byte of the request to the last one of the answer is overhead: upload, checks, the way to the transcoder and back, and the
 * turns of this process and the transcoder's on the same cores.
 */
export const bench: Bench = {
  defaults: { segments: 800, streams: 20, runs: 1, seconds: 0 },
  async run({ segments, streams }) {
    await using orchestrator = await attachedOrchestrator({ renditionBytes: RENDITION_BYTES, delayMs: TRANSCODE_MS })
    const load = new Load(orchestrator, await sourceSegment(SEGMENT_BYTES), streams)
    await load.begin()
    const warmUp = await load.rounds(WARM_UP_ROUNDS)
    const before = cpuSecondsOf(orchestrator.pid)
    const counted = await load.rounds(Math.ceil(segments / streams))
    const cpuMs = (cpuSecondsOf(orchestrator.pid) - before) * 1000
    load.close()
    return {
      p50Ms: round(median(counted.overheadMs), 1),
      p95Ms: round(percentile(counted.overheadMs, 95), 1),
      p99Ms: round(percentile(counted.overheadMs, 99), 1),
      maxMs: round(Math.max(...counted.overheadMs), 1),
      cpuMsPerSegment: round(cpuMs / counted.overheadMs.length),
      [`rssMBAfter${RSS_AFTER_SEGMENTS}`]: round([...warmUp.rssMB, ...counted.rssMB][RSS_AFTER_SEGMENTS - 1] ?? NaN, 1),
      rssMB: round(counted.rssMB.at(-1) ?? NaN, 1),
      maxRssMB: round(Math.max(...counted.rssMB), 1),
      segmentBytes: SEGMENT_BYTES,
      renditionBytes: RENDITION_BYTES,
      segments: counted.overheadMs.length,
      streams,
    }
  },
}

/** One entry a segment, in the order in which they were done. */
interface Seen {
  readonly overheadMs: number[]
  /** Of the orchestrator's process. */
  readonly rssMB: number[]
}

/** Streams in real time, evenly spread over a segment's duration. */
class Load {
  readonly #pid: number
  readonly #uploaders: readonly Uploader[]

  constructor({ uri, pid }: Peer, segment: Uint8Array, streams: number) {
    this.#pid = pid
    this.#uploaders = Array.from({ length: streams }, () => new Uploader({ uri, segment }))
  }

  async begin(): Promise<void> {
    await Promise.all(this.#uploaders.map((uploader) => uploader.discover()))
  }

  /** So many segments of each stream. */
  async rounds(count: number): Promise<Seen> {
    const seen: Seen = { overheadMs: [], rssMB: [] }
    const begun = performance.now()
    const stream = async (uploader: Uploader, i: number): Promise<void> => {
      for (let turn = 0; turn < count; turn++) {
        const due = begun + (turn + i / this.#uploaders.length) * SEGMENT_MS
        await delay(Math.max(0, due - performance.now()))
        const { ms, renditions } = await uploader.segment(true)
        const [largest] = renditions
        if (!largest) throw new Error('nothing was fetched')
        seen.overheadMs.push(ms - readElapsed(largest))
        seen.rssMB.push(rssOf(this.#pid) / MB)
      }
    }
    await Promise.all(this.#uploaders.map(stream))
    return seen
  }

  close(): void {
    for (const uploader of this.#uploaders) uploader.close()
  }
}
