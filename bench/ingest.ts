import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NodeProcess } from '../test/e2e/node-process.ts'
import { FfmpegPublisher } from '../test/e2e/publisher.ts'
import { cpuSecondsOf, treeRssOf } from './lib/cpu.ts'
import { liveClip } from './lib/media.ts'
import { median, round } from './lib/statistics.ts'
import { whenPlayable } from './startup/playable.ts'
import type { Bench } from './run.ts'

const CONFIG = join(import.meta.dirname, 'ingest/broadcaster.config.ts')
/** Twelve segments of 2 s are kept; then some more until memory is as it stays. */
const FILL_SECONDS = 40
const RSS_SAMPLES_PER_SECOND = 2
const PLAYABLE_LIMIT_MS = 60_000
const LOG_TAIL = 10
const MB = 1e6

/**
 * Streams of 3 Mbit/s, pushed by as many ffmpeg processes, cut and shown as they are. CPU and memory of the broadcaster
 * process and all its children; what publishers cost is not counted.
 */
export const bench: Bench = {
  defaults: { streams: 30, seconds: 30, runs: 1, segments: 0 },
  async run({ streams, seconds }) {
    const clip = await liveClip()
    const few = Math.max(1, Math.round(streams / 3))
    await using broadcaster = await NodeProcess.start('broadcaster', '--config', CONFIG, '--log-level', 'warn')
    await using publishers = new AsyncDisposableStack()
    const push = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) publishers.use(await publish(broadcaster, clip, `s${i}`))
    }
    await push(0, few)
    const lower = await steady(broadcaster, few, seconds)
    await push(few, streams)
    const upper = await steady(broadcaster, streams, seconds)
    for (const line of broadcaster.log.slice(-LOG_TAIL)) console.error(line)
    return {
      streamsPerCore: round(streams / upper.cores, 1),
      rssPerStreamMB: round((upper.rssMB - lower.rssMB) / (streams - few)),
      cpuPercentPerStream: round((upper.cores / streams) * 100, 3),
      cpuPercentPerFurtherStream: round(((upper.cores - lower.cores) / (streams - few)) * 100, 3),
      rssMB: round(upper.rssMB, 0),
      streams,
      seconds,
    }
  },
}

async function publish(broadcaster: NodeProcess, clip: string, name: string): Promise<FfmpegPublisher> {
  const url = `rtmp://${broadcaster.address('rtmp')}/live/${name}`
  const publisher = new FfmpegPublisher(['-re', '-stream_loop', '-1', '-i', clip, '-c', 'copy'], url)
  // One by one: streams that begin at different moments are cut at different moments, as they are in life.
  const signal = AbortSignal.timeout(PLAYABLE_LIMIT_MS)
  await whenPlayable(new URL(`/stream/${name}.m3u8`, broadcaster.url('http')), { variants: ['source'], signal })
  return publisher
}

/** Cores in use over a window, and the middle value of memory in it, once playlists are full. */
async function steady({ child }: NodeProcess, streams: number, seconds: number) {
  const { pid } = child
  if (pid === undefined) throw new Error('no process')
  await sleep(FILL_SECONDS * 1000)
  const [cpuBefore, begun] = [cpuSecondsOf(pid), performance.now()]
  const rss: number[] = []
  for (let i = 0; i < seconds * RSS_SAMPLES_PER_SECOND; i++) {
    await sleep(1000 / RSS_SAMPLES_PER_SECOND)
    rss.push(treeRssOf(pid) / MB)
  }
  const cores = (cpuSecondsOf(pid) - cpuBefore) / ((performance.now() - begun) / 1000)
  const rssMB = median(rss)
  console.error(`${streams} streams: ${cores.toFixed(3)} cores, ${rssMB.toFixed(0)} MB`)
  return { cores, rssMB }
}
