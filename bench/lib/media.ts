import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Source media is made once and kept here between runs. */
const CACHE = join(tmpdir(), 'livepeer-bench-media')

/** Runs ffmpeg to its end; throws where it fails. */
export async function ffmpeg(args: readonly string[]): Promise<void> {
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  await once(child, 'exit')
  if (child.exitCode !== 0) throw new Error(`ffmpeg ended with ${child.exitCode ?? child.signalCode}`)
}

/** A file or folder of this name, made by `make` where there is none yet. */
async function cached(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(CACHE, name)
  if (existsSync(path)) return path
  console.error(`making ${path}`)
  const unfinished = join(CACHE, `unfinished-${process.pid}-${name}`)
  mkdirSync(CACHE, { recursive: true })
  try {
    await make(unfinished)
    renameSync(unfinished, path)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return path
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const noisyPicture = (seconds: number): readonly string[] =>
  words(`-f lavfi -i testsrc2=s=1920x1080:r=30,noise=alls=8:allf=t -f lavfi -i sine=440:r=48000 -t ${seconds}`)

/** Pieces of 1080p30 at 6 Mbit/s with three B-frames and AAC, each beginning with a key frame: `0.ts`, `1.ts`, … in this folder. */
export function hdSegments({ count, seconds }: { count: number; seconds: number }): Promise<string> {
  return cached(`hd-${count}x${seconds}s`, async (folder) => {
    mkdirSync(folder)
    const gop = seconds * 30
    const encoding = words(
      `-c:v libx264 -preset veryfast -b:v 6M -maxrate 6M -bufsize 12M -g ${gop} -keyint_min ${gop} -sc_threshold 0
       -bf 3 -pix_fmt yuv420p -c:a aac -f segment -segment_time ${seconds} -segment_format mpegts
       -segment_format_options mpegts_copyts=1`,
    )
    await ffmpeg([...noisyPicture(count * seconds), ...encoding, join(folder, '%d.ts')])
  })
}

/** Two minutes of 720p30 at 3 Mbit/s in all, two B-frames and AAC, a key frame each 2 s; FLV, to be published with `-c copy`. */
export function liveClip(): Promise<string> {
  const encoding = words(
    `-vf scale=1280:720 -c:v libx264 -preset veryfast -b:v 2870k -minrate 2870k -maxrate 2870k -bufsize 2870k
     -x264-params nal-hrd=cbr -g 60 -keyint_min 60 -sc_threshold 0 -bf 2 -pix_fmt yuv420p -c:a aac -b:a 128k -f flv`,
  )
  return cached('live-720p30.flv', (file) => ffmpeg([...noisyPicture(120), ...encoding, file]))
}
