import { randomBytes } from 'node:crypto'
import { cpuSecondsOf } from './lib/cpu.ts'
import { LADDER } from './lib/profiles.ts'
import { median, round } from './lib/statistics.ts'
import { BareClient, sourceSegment, Uploader } from './relay/load.ts'
import { attachedOrchestrator, barePeer, localOrchestrator } from './relay/peers.ts'
import type { Bench, BenchOptions } from './run.ts'

const SEGMENT_BYTES = 640_000
const RENDITION_BYTES = 1_000_000
const WARM_UP_SEGMENTS = 300

/**
 * CPU time of an orchestrator's process per segment of 640 kB over HTTP/2 and TLS, beside a process that has node:http2 and
 * nothing else; this process is the load. `posted`: a transcoder in the orchestrator's process that does nothing; in come
 * 640 kB, out goes nothing. `relayed`: an attached transcoder, as it is in the field: in come 640 kB of source and 1 MB of
 * renditions, and the same goes out, each to the other peer; beside it `bare` serves the same requests with the same
 * bodies, and `echo` sends the same two bodies back to who posted them.
 */
export const bench: Bench = {
  defaults: { segments: 1000, streams: 8, runs: 5, seconds: 0 },
  async run(options) {
    await using bare = await barePeer()
    const posted = await inTurn('posted', options, async (stack) => {
      const local = stack.use(await localOrchestrator())
      return {
        ours: { pid: local.pid, jobs: await uploads(local.uri, options.streams, false) },
        bare: { pid: bare.pid, jobs: bareJobs(bare.uri, options.streams, sink) },
      }
    })
    const relayed = await inTurn('relayed', options, async (stack) => {
      const attached = stack.use(await attachedOrchestrator({ renditionBytes: RENDITION_BYTES, delayMs: 0 }))
      return {
        ours: { pid: attached.pid, jobs: await uploads(attached.uri, options.streams, true) },
        bare: { pid: bare.pid, jobs: bareJobs(bare.uri, options.streams, relay) },
        echo: { pid: bare.pid, jobs: bareJobs(bare.uri, options.streams, echo) },
      }
    })
    return { ...figures(posted, relayed), segments: options.segments, streams: options.streams, runs: options.runs }
  },
}

function figures(posted: Record<'ours' | 'bare', number[]>, relayed: Record<'ours' | 'bare' | 'echo', number[]>) {
  const ours = median(relayed.ours)
  const relayedMB = (SEGMENT_BYTES + RENDITION_BYTES) / 1e6
  return {
    ratio: ratioOf(relayed.bare, relayed.ours),
    echoRatio: ratioOf(relayed.echo, relayed.ours),
    segmentsPerCoreSecond: round(1000 / ours, 1),
    mbPerCoreSecond: round((1000 / ours) * relayedMB, 1),
    cpuMsPerSegment: round(ours),
    bareCpuMsPerSegment: round(median(relayed.bare)),
    echoCpuMsPerSegment: round(median(relayed.echo)),
    postedRatio: ratioOf(posted.bare, posted.ours),
    postedCpuMsPerSegment: round(median(posted.ours)),
    barePostedCpuMsPerSegment: round(median(posted.bare)),
    segmentBytes: SEGMENT_BYTES,
    renditionBytes: RENDITION_BYTES,
  }
}

/** Median of the runs' ratios: another's cost over ours. */
function ratioOf(others: readonly number[], ours: readonly number[]): number {
  return round(median(others.map((other, run) => other / (ours[run] ?? NaN))))
}

/** One stream's next segment, or what stands for it. */
interface Job {
  next(): Promise<unknown>
  close(): void
}

interface Side {
  /** Whose CPU time counts. */
  readonly pid: number
  /** As many as streams. */
  readonly jobs: readonly Job[]
}

/** CPU ms a segment of each side, run by run; the sides take turns. */
async function inTurn<Name extends string>(
  title: string,
  { segments, runs }: BenchOptions,
  start: (stack: AsyncDisposableStack) => Promise<Record<Name, Side>>,
): Promise<Record<Name, number[]>> {
  await using stack = new AsyncDisposableStack()
  const sides = Object.entries<Side>(await start(stack)).map(([name, side]) => ({
    name,
    side,
    costs: new Array<number>(),
  }))
  for (const { side } of sides) await work(side.jobs, Math.min(segments, WARM_UP_SEGMENTS))
  for (let run = 0; run < runs; run++) {
    for (const { side, costs } of sides) costs.push(await costOf(side, segments))
    const said = sides.map(({ name, costs }) => `${name} ${costs.at(-1)?.toFixed(2)}`)
    console.error(`${title}: CPU ms a segment: ${said.join(', ')}`)
  }
  for (const { side } of sides) for (const job of side.jobs) job.close()
  return Object.fromEntries(sides.map(({ name, costs }) => [name, costs])) as Record<Name, number[]>
}

/** CPU ms of the process per segment, all streams at once and as fast as they go. */
async function costOf({ pid, jobs }: Side, segments: number): Promise<number> {
  const before = cpuSecondsOf(pid)
  await work(jobs, segments)
  return ((cpuSecondsOf(pid) - before) * 1000) / segments
}

async function work(jobs: readonly Job[], count: number): Promise<void> {
  let left = count
  const keepBusy = async (job: Job): Promise<void> => {
    while (left-- > 0) await job.next()
  }
  await Promise.all(jobs.map(keepBusy))
}

async function uploads(uri: string, streams: number, fetch: boolean): Promise<Job[]> {
  const segment = await sourceSegment(SEGMENT_BYTES)
  const uploaders = Array.from({ length: streams }, () => new Uploader({ uri, segment }))
  await Promise.all(uploaders.map((uploader) => uploader.discover()))
  return uploaders.map((uploader) => ({ next: () => uploader.segment(fetch), close: () => uploader.close() }))
}

/** What a broadcaster and a transcoder do to a bare peer, by the name of their stream. */
type BareWork = (peers: { broadcaster: BareClient; transcoder: BareClient }, name: string) => Promise<unknown>

const SOURCE = randomBytes(SEGMENT_BYTES)
const RENDITIONS = randomBytes(RENDITION_BYTES)
const RENDITION = RENDITIONS.subarray(0, RENDITION_BYTES / LADDER.length)

const sink: BareWork = ({ broadcaster }, name) => broadcaster.post(`/keep/${name}`, SOURCE)

const echo: BareWork = async ({ broadcaster, transcoder }) => {
  await broadcaster.post('/echo', SOURCE)
  await transcoder.post('/echo', RENDITIONS)
}

const relay: BareWork = async ({ broadcaster, transcoder }, name) => {
  await broadcaster.post(`/keep/${name}`, SOURCE)
  await transcoder.get(`/keep/${name}`)
  await transcoder.post(`/keep/${name}/all`, RENDITIONS)
  await Promise.all(LADDER.map((rung) => broadcaster.get(`/keep/${rung.name}`)))
}

function bareJobs(uri: string, streams: number, what: BareWork): Job[] {
  return Array.from({ length: streams }, (_, i) => {
    const peers = { broadcaster: new BareClient(uri), transcoder: new BareClient(uri) }
    // What is fetched as renditions was put there once.
    const ready = Promise.all(LADDER.map((rung) => peers.transcoder.post(`/keep/${rung.name}`, RENDITION)))
    return {
      next: async () => {
        await ready
        await what(peers, `stream-${i}`)
      },
      close: () => {
        peers.broadcaster.close()
        peers.transcoder.close()
      },
    }
  })
}
