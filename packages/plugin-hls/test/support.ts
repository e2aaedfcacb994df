import {
  LivepeerError,
  type MediaInfo,
  type Profile,
  type PublishedSegment,
  type RenditionOutcome,
  type Stream,
} from '@livepeer-node/sdk'
import type { Clock, Logger } from '@livepeer-node/sdk'

/** Time that moves when the test says so. */
export class ManualClock implements Clock {
  #now = Date.UTC(2024, 0, 1)
  #timers: { at: number; action: () => void }[] = []

  now(): number {
    return this.#now
  }
  monotonic(): number {
    return this.#now
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.after(ms, resolve)
      signal?.addEventListener('abort', () => {
        cancel()
        reject(signal.reason)
      })
    })
  }
  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }
  advance(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter((timer) => timer.at <= this.#now)
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now)
    for (const timer of due) timer.action()
  }
  get waiting(): number {
    return this.#timers.length
  }
}

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export function recordingLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = []
  const at =
    (level: string) =>
    (message: string, fields = {}) =>
      void lines.push({ level, message, fields })
  const log: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log }
  return { log, lines }
}

export function profile(name: string, over: Partial<Profile> = {}): Profile {
  return {
    name,
    width: 640,
    height: 360,
    bitrate: 800_000,
    fps: 0,
    fpsDen: 0,
    gopMs: 0,
    codec: 'h264',
    h264Profile: 'default',
    format: 'mpegts',
    quality: 0,
    ...over,
  }
}

export function info(over: Partial<NonNullable<MediaInfo['video']>> = {}): MediaInfo {
  return {
    format: 'mpegts',
    durationMs: 2000,
    video: {
      codec: 'h264',
      codecString: 'avc1.64001f',
      width: 1280,
      height: 720,
      fps: { num: 30, den: 1 },
      pixelFormat: 'yuv420p',
      ...over,
    },
    audio: { codec: 'aac', codecString: 'mp4a.40.2', sampleRate: 48_000, channels: 2 },
  }
}

export const LADDER = [profile('P360'), profile('P240', { width: 426, height: 240, bitrate: 400_000 })]

export function stream(over: Partial<Stream> = {}): Stream {
  return { id: 'cam', protocol: 'rtmp', ladder: LADDER, startedAt: Date.UTC(2024, 0, 1) - 2500, ...over }
}

export interface SegmentInit {
  readonly seq: number
  readonly durationMs?: number
  readonly discontinuity?: boolean
  /** Renditions that failed. */
  readonly missing?: readonly string[]
  readonly byteLength?: number
  readonly source?: MediaInfo
  readonly ladder?: readonly Profile[]
}

/** A complete segment of `source` and the ladder; each rendition's bytes begin with its sequence number. */
export function segment(init: SegmentInit): PublishedSegment {
  const { seq, durationMs = 2000, discontinuity = false, missing = [], source = info(), ladder = LADDER } = init
  const outcome = (name: string, asked: Profile | undefined): RenditionOutcome => {
    if (missing.includes(name)) return { ok: false, name, profile: asked, error: lost(name) }
    const bytes = new Uint8Array(init.byteLength ?? 1000).fill(seq % 256)
    return { ok: true, name, profile: asked, bytes, format: asked?.format ?? 'mpegts' }
  }
  const renditions = [outcome('source', undefined), ...ladder.map((asked) => outcome(asked.name, asked))]
  return { streamId: 'cam', seq, durationMs, discontinuity, source, renditions }
}

function lost(name: string): LivepeerError {
  return new LivepeerError({ code: 'LP_TEST_LOST', kind: 'peer', message: `${name} was lost` })
}
