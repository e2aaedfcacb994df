import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { encodeFile } from '../e2e/publisher.ts'
import { words } from './words.ts'

export const SEGMENT_SECONDS = 2
const FPS = 15

/** 320x180 at 15 fps with a key frame each 2 s and a tone: about 150 kbit/s. */
export async function makeClip(file: string, seconds: number): Promise<void> {
  const gop = SEGMENT_SECONDS * FPS
  const sources = `-f lavfi -i testsrc2=s=320x180:r=${FPS}:d=${seconds} -f lavfi -i sine=440:r=44100:d=${seconds}`
  const video = '-c:v libx264 -preset veryfast -b:v 100k -maxrate 100k -bufsize 200k -bf 0 -pix_fmt yuv420p'
  const keys = `-g ${gop} -keyint_min ${gop} -sc_threshold 0`
  await encodeFile(words(`${sources} ${video} ${keys} -c:a aac -b:a 48k -shortest -f flv`), file)
}

/** Pushes a clip over and over, in real time, copied: it costs next to nothing. */
export class Publisher {
  readonly #child: ChildProcess
  #stderr = ''

  constructor(clip: string, url: string, seconds: number) {
    const args = words(`-nostdin -v error -re -stream_loop -1 -i ${clip} -t ${seconds} -c copy -f flv ${url}`)
    this.#child = spawn('ffmpeg', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child.stderr?.on('data', (bytes: Buffer) => (this.#stderr = (this.#stderr + String(bytes)).slice(-2000)))
  }

  /** What went wrong; `undefined`: all was sent. */
  async finished(): Promise<string | undefined> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    return this.#child.exitCode === 0 ? undefined : `ffmpeg ended with ${this.#child.exitCode}: ${this.#stderr}`
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
