import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Network } from '../test/e2e/network.ts'
import { NodeProcess } from '../test/e2e/node-process.ts'
import { FfmpegPublisher } from '../test/e2e/publisher.ts'
import { liveClip } from './lib/media.ts'
import { median, round } from './lib/statistics.ts'
import type { Bench } from './run.ts'
import { whenPlayable } from './startup/playable.ts'

// What the reference makes unless told otherwise.
const LADDER = ['P240p30fps16x9', 'P360p30fps16x9']
const LIMIT_MS = 30_000
const config = (name: string): string => join(import.meta.dirname, `startup/${name}.config.ts`)
const BIN = join(import.meta.dirname, '../bin/livepeer.js')

interface Start {
  /** From the start of ffmpeg: its own start and its reading ahead are included. */
  readonly fromSpawn: number
  /** From the moment at which the broadcaster accepted the publisher. */
  readonly fromPublish: number
}

/** How long people wait: from publishing to a picture, from `npm start` to ready, for `--help`. */
export const bench: Bench = {
  defaults: { runs: 5, segments: 0, streams: 1, seconds: 0 },
  async run({ runs }) {
    const clip = await liveClip()
    process.env['LP_CONFIG'] = config('roles')
    const colds: Start[] = []
    const warms: Start[] = []
    for (let run = 0; run < runs; run++) {
      await using network = await Network.start({ ladder: LADDER.join(',') })
      colds.push(await firstPicture(network, clip, 'cold'))
      warms.push(await firstPicture(network, clip, 'warm'))
    }
    return {
      coldSeconds: seconds(colds.map(({ fromPublish }) => fromPublish)),
      warmSeconds: seconds(warms.map(({ fromPublish }) => fromPublish)),
      coldFromSpawnSeconds: seconds(colds.map(({ fromSpawn }) => fromSpawn)),
      warmFromSpawnSeconds: seconds(warms.map(({ fromSpawn }) => fromSpawn)),
      startSeconds: seconds(await repeat(runs, nodeStart)),
      helpSeconds: seconds(await repeat(runs, help), 3),
      runs,
    }
  },
}

const seconds = (ms: readonly number[], decimals = 2): number => round(median(ms) / 1000, decimals)

async function firstPicture(network: Network, clip: string, name: string): Promise<Start> {
  await using publisher = new FfmpegPublisher(['-re', '-i', clip, '-c', 'copy'], network.rtmpUrl(name))
  const master = new URL(`/stream/${name}.m3u8`, network.httpBase)
  await whenPlayable(master, { variants: ['source', ...LADDER], signal: AbortSignal.timeout(LIMIT_MS) })
  const playable = Date.now()
  const begun = performance.timeOrigin + publisher.startedAt
  const start = { fromSpawn: playable - begun, fromPublish: playable - openedAt(network.broadcaster, name) }
  console.error(`${name}: ${start.fromPublish} ms from publish, ${start.fromSpawn.toFixed(0)} ms from ffmpeg's start`)
  return start
}

/** When the broadcaster accepted this stream, ms since 1970, by its log. */
function openedAt({ log }: NodeProcess, streamId: string): number {
  const lines = log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>)
  const opened = lines.find((line) => line['msg'] === 'stream opened' && line['streamId'] === streamId)
  if (!opened) throw new Error(`no line about the opening of ${streamId}:\n${log.join('\n')}`)
  return Date.parse(String(opened['time']))
}

async function repeat(runs: number, measure: () => Promise<number>): Promise<number[]> {
  const all: number[] = []
  for (let run = 0; run < runs; run++) all.push(await measure())
  return all
}

/** What `npm start` runs, but for npm itself and the fixed ports, until its ready line. */
async function nodeStart(): Promise<number> {
  const begun = performance.now()
  const node = await NodeProcess.start('start', '--config', config('start'))
  const ms = performance.now() - begun
  await node[Symbol.asyncDispose]()
  console.error(`start: ready after ${ms.toFixed(0)} ms`)
  return ms
}

async function help(): Promise<number> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['--conditions=livepeer-src', BIN, '--help'], { stdio: 'ignore' })
  await once(child, 'exit')
  const ms = performance.now() - begun
  console.error(`--help: ${ms.toFixed(0)} ms`)
  return ms
}
