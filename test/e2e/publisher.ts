import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Real clips, beside the checkout. */
export const CLIPS = join(import.meta.dirname, '../../../shared/media')
export const hasClips = existsSync(CLIPS)
export const hasFfmpeg = existsSync('/usr/bin/ffmpeg')

/** ffmpeg in real time to an RTMP address; `input` are its arguments up to the output. */
export class FfmpegPublisher implements AsyncDisposable {
  readonly child: ChildProcess
  readonly startedAt: number
  #stderr = ''

  constructor(input: readonly string[], url: string) {
    this.startedAt = performance.now()
    this.child = spawn('ffmpeg', ['-nostdin', '-v', 'error', ...input, '-f', 'flv', url], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.child.stderr?.on('data', (bytes: Buffer) => (this.#stderr = (this.#stderr + bytes).slice(-4096)))
  }

  /** Resolves when the whole input has been sent. */
  async finished(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    if (this.child.exitCode !== 0) throw new Error(`ffmpeg ended with ${this.child.exitCode}: ${this.#stderr}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }
}

/** Encodes with ffmpeg into a file, as fast as it goes. */
export async function encodeFile(args: readonly string[], file: string): Promise<void> {
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'exit')
  if (child.exitCode !== 0) throw new Error(`ffmpeg ended with ${child.exitCode}`)
}

/** Arguments of a moving picture with a tone, B-frames and a key frame each 2 s. */
export function bFrameSource(seconds: number): readonly string[] {
  const video = `testsrc2=s=1280x720:r=30:d=${seconds}`
  const audio = `sine=440:r=48000:d=${seconds}`
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '3', '-b:v', '3M', '-maxrate', '3M', '-bufsize', '6M']
  const gop = ['-g', '60', '-keyint_min', '60', '-sc_threshold', '0', '-pix_fmt', 'yuv420p']
  return [
    '-f',
    'lavfi',
    '-i',
    video,
    '-f',
    'lavfi',
    '-i',
    audio,
    ...x264,
    ...gop,
    '-c:a',
    'aac',
    '-shortest',
    '-f',
    'flv',
  ]
}
