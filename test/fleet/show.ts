import { createHistogram } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'
import { Jury } from './jury.ts'
import { Publisher, SEGMENT_SECONDS } from './publishing.ts'
import { type Late, Viewer } from './viewer.ts'

const LOOK_MS = 500
/** The last segments may be late, and are still to be decoded: they are waited for so long after the publishers' end, ms. */
const LAST_MS = 90_000

export interface ShowInit {
  readonly fleet: Fleet
  /** What is pushed, as `makeClip` makes it: to the first stream the first one, … */
  readonly clips: readonly string[]
  readonly streams: number
  /** ms from the start of one stream to the start of the next; default 0. */
  readonly apartMs?: number
  /** A multiple of a segment's length. */
  readonly seconds: number
  /** ms from a segment's arrival to its publication, past which it is late. */
  readonly lateMs: number
  /** Whether this is what was pushed to the stream of this index; default: whatever decodes is. */
  readonly isOwn?: (media: Buffer, index: number) => Promise<boolean>
  /** Told of everything that is missing or late. */
  readonly say: (line: string) => void
}

/** What came of all streams. */
export interface ShowResult {
  /** Segments that were pushed, times renditions. */
  readonly expected: number
  /** Of those, the ones that were published without a gap and that decode. */
  readonly delivered: number
  readonly late: readonly Late[]
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** Publishers that failed, streams that did not end. */
  readonly failures: readonly string[]
}

/** Streams pushed into a fleet in real time, each watched to its end. */
export class Show implements AsyncDisposable {
  readonly #init: ShowInit
  readonly #latencies = createHistogram()
  readonly #viewers: readonly Viewer[]
  readonly #publishers: readonly Publisher[]
  #isPushing = true
  readonly #over = new AbortController()
  readonly #watching: Promise<unknown>

  /** Begins at once. */
  constructor(init: ShowInit) {
    this.#init = init
    const { fleet, clips, seconds, isOwn, lateMs, say, apartMs = 0 } = init
    const base = fleet.broadcaster.url('http')
    const { host } = new URL(fleet.broadcaster.url('rtmp'))
    const names = Array.from({ length: init.streams }, (_, index) => `stream-${index}`)
    const renditions = fleet.ladder.map(({ name }) => name)
    const latencies = this.#latencies
    this.#publishers = names.map((name, index) => {
      const clip = clips[index % clips.length] ?? ''
      return new Publisher({ clip, url: `rtmp://${host}/live/${name}`, seconds, afterMs: index * apartMs })
    })
    const jury = new Jury()
    this.#viewers = names.map((streamId, index) => {
      const judge = (lot: readonly Buffer[]) => jury.isSound(lot, isOwn && ((media) => isOwn(media, index)))
      return new Viewer({ base, streamId, renditions, lateMs, latencies, judge, say })
    })
    this.#watching = Promise.all(this.#viewers.map((viewer) => this.#follow(viewer)))
    void this.pushed()
    // Whoever waits for the end hears of it.
    this.#watching.catch(() => this.#over.abort())
  }

  /** Segments that every stream has shown so far. */
  get shown(): number {
    return Math.min(...this.#viewers.map(({ published }) => published))
  }

  /** Some stream is still being pushed. */
  get isPushing(): boolean {
    return this.#isPushing
  }

  /** Resolves when every stream shows so many segments, or watching has come to its end. */
  async reached(segments: number): Promise<void> {
    while (!this.#over.signal.aborted && this.shown < segments) await sleep(50)
  }

  /** Resolves when all has been pushed. */
  async pushed(): Promise<readonly string[]> {
    const all = await Promise.all(this.#publishers.map((publisher) => publisher.finished()))
    this.#isPushing = false
    return all.filter((failure) => failure !== undefined)
  }

  /** Resolves when all has been pushed and shown. */
  async finished(): Promise<ShowResult> {
    const failures = [...(await this.pushed())]
    const last = setTimeout(() => this.#over.abort(), LAST_MS)
    await this.#watching
    clearTimeout(last)
    for (const { ended, streamId } of this.#viewers) if (!ended) failures.push(`${streamId} did not end`)
    const { streams, seconds, fleet } = this.#init
    const latencies = this.#latencies
    return {
      expected: (streams * fleet.ladder.length * seconds) / SEGMENT_SECONDS,
      delivered: this.#viewers.reduce((sum, { delivered }) => sum + delivered, 0),
      late: this.#viewers.flatMap(({ late }) => late),
      latencyMs: { p50: latencies.percentile(50), p99: latencies.percentile(99), max: latencies.max },
      failures,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    for (const publisher of this.#publishers) publisher.kill()
    await Promise.allSettled([this.#watching, this.pushed()])
  }

  async #follow(viewer: Viewer): Promise<void> {
    const { signal } = this.#over
    while (!viewer.ended && !signal.aborted) {
      await viewer.look()
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}
