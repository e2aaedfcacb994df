import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { costOf, type RunCost } from './lib/cpu.ts'
import { hdSegments } from './lib/media.ts'
import { LADDER } from './lib/profiles.ts'
import { median, round } from './lib/statistics.ts'
import type { Bench } from './run.ts'

const OURS = join(import.meta.dirname, 'ladder/ours.ts')

/**
 * Four renditions of 1080p30 at preset medium: a process that uses the media engine, one session, against one ffmpeg run
 * per segment. In turn, start-up and all children included on both sides.
 */
export const bench: Bench = {
  defaults: { runs: 3, segments: 10, streams: 1, seconds: 2 },
  async run({ runs, segments }) {
    const folder = await hdSegments({ count: Math.max(segments, 10), seconds: 2 })
    const out = mkdtempSync(join(tmpdir(), 'livepeer-bench-ladder-'))
    try {
      const pairs: { ours: RunCost; theirs: RunCost }[] = []
      for (let run = 0; run < runs; run++) {
        const sides = { ours: () => oursOn(folder, segments, out), theirs: () => ffmpegOn(folder, segments, out) }
        // Who goes first changes, so that neither always finds the machine warm.
        const first = run % 2 === 0 ? 'ours' : 'theirs'
        const cost = { [first]: await sides[first]() } as Record<keyof typeof sides, RunCost>
        const second = first === 'ours' ? 'theirs' : 'ours'
        cost[second] = await sides[second]()
        pairs.push(cost)
        console.error(`pair ${run + 1}: ours ${show(cost.ours)}, ffmpeg ${show(cost.theirs)}; ${sizes(out)}`)
      }
      return {
        cpuRatio: round(median(pairs.map(({ ours, theirs }) => theirs.cpuSeconds / ours.cpuSeconds)), 3),
        ratio: round(median(pairs.map(({ ours, theirs }) => theirs.wallSeconds / ours.wallSeconds)), 3),
        oursWallSeconds: round(median(pairs.map(({ ours }) => ours.wallSeconds))),
        oursCpuSeconds: round(median(pairs.map(({ ours }) => ours.cpuSeconds))),
        ffmpegWallSeconds: round(median(pairs.map(({ theirs }) => theirs.wallSeconds))),
        ffmpegCpuSeconds: round(median(pairs.map(({ theirs }) => theirs.cpuSeconds))),
        segments,
        runs,
      }
    } finally {
      rmSync(out, { recursive: true, force: true })
    }
  },
}

function oursOn(folder: string, segments: number, out: string): Promise<RunCost> {
  return costOf(`${process.execPath} --conditions=livepeer-src ${OURS} ${folder} ${segments} ${out}/ours`)
}

/** One rendition of media.md §6.13, four of them in one run. */
function ffmpegOn(folder: string, segments: number, out: string): Promise<RunCost> {
  const commands = Array.from({ length: segments }, (_, i) => {
    const outputs = LADDER.map(
      ({ name, width, height, fps, bitrate }) =>
        `-map 0:v:0 -map 0:a:0? -vf scale=${width}:${height},fps=${fps} -fps_mode passthrough ` +
        `-c:v libx264 -preset medium -forced-idr 1 -bf 3 -b:v ${bitrate} -minrate ${bitrate} -maxrate ${bitrate} ` +
        `-bufsize ${bitrate} -pix_fmt yuv420p -c:a copy -muxdelay 0 -muxpreload 0 -f mpegts ${out}/ffmpeg-${i}-${name}.ts`,
    )
    return `ffmpeg -nostdin -v error -y -copyts -i ${folder}/${i}.ts ${outputs.join(' ')}`
  })
  return costOf(commands.join(' && '))
}

const show = ({ wallSeconds, cpuSeconds }: RunCost): string =>
  `${wallSeconds.toFixed(2)} s wall ${cpuSeconds.toFixed(2)} s CPU`

/** Work of the same size on both sides, or the ratio means nothing. */
function sizes(out: string): string {
  const kb = (side: string): string =>
    LADDER.map(({ name }) => Math.round(statSync(`${out}/${side}-0-${name}.ts`).size / 1000)).join('/')
  return `first segment ${kb('ours')} against ${kb('ffmpeg')} kB`
}
