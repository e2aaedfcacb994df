import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeFile } from '../e2e/publisher.ts'
import { words } from './words.ts'

export const SEGMENT_SECONDS = 2
const FPS = 15

/** 320x180 at 15 fps with a key frame each 2 s and a tone: about 150 kbit/s. `picture`: lavfi source and filters. */
export async function makeClip(file: string, seconds: number, picture = 'testsrc2'): Promise<void> {
  const gop = SEGMENT_SECONDS * FPS
  const [source, ...filters] = picture.split(',')
  const shown = [`${source}=s=320x180:r=${FPS}`, ...filters].join(',')
  const sources = `-f lavfi -i ${shown} -f lavfi -i sine=440:r=44100`
  const video = '-c:v libx264 -preset veryfast -b:v 100k -maxrate 100k -bufsize 200k -bf 0 -pix_fmt yuv420p'
  const keys = `-g ${gop} -keyint_min ${gop} -sc_threshold 0`
  await encodeFile(words(`${sources} -t ${seconds} ${video} ${keys} -c:a aac -b:a 48k -f flv`), file)
}

export interface PublisherInit {
  readonly clip: string
  /** rtmp://… */
  readonly url: string
  readonly seconds: number
  /** ms until it begins. */
  readonly afterMs: number
}

/** Pushes a clip over and over, in real time, copied: it costs next to nothing. */
export class Publisher {
  readonly #killed = new AbortController()
  readonly #pushing: Promise<string | undefined>

  constructor(init: PublisherInit) {
    this.#pushing = push(init, this.#killed.signal)
  }

  /** What went wrong; `undefined`: all was sent. */
  finished(): Promise<string | undefined> {
    return this.#pushing
  }

  kill(): void {
    this.#killed.abort()
  }
}

async function push({ clip, url, seconds, afterMs }: PublisherInit, killed: AbortSignal): Promise<string | undefined> {
  await sleep(afterMs, undefined, { signal: killed }).catch(() => undefined)
  if (killed.aborted) return `${url} was not begun`
  const args = words(`-nostdin -v error -re -stream_loop -1 -i ${clip} -t ${seconds} -c copy -f flv ${url}`)
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  killed.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
  let stderr = ''
  child.stderr.on('data', (bytes: Buffer) => (stderr = (stderr + String(bytes)).slice(-2000)))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === 0 ? undefined : `ffmpeg ended with ${code}: ${stderr}`
}
