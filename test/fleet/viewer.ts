import type { RecordableHistogram } from 'node:perf_hooks'
import type { SegmentReport } from '@livepeer-node/sdk'
import { parse, types } from 'hls-parser'

/** Segments of one rendition that are decoded together: starting a decoder costs more than its work. */
const BATCH = 60

export interface ViewerInit {
  /** Of the public listener. */
  readonly base: string
  readonly streamId: string
  readonly renditions: readonly string[]
  /** ms from a segment's arrival at the broadcaster to its publication, past which it is late. */
  readonly lateMs: number
  /** Takes the time of each segment from its arrival to its publication, ms. */
  readonly latencies: RecordableHistogram
  /** Whether consecutive segments of one rendition are as they should be. */
  readonly judge: (segments: readonly Buffer[]) => Promise<boolean>
  readonly say: (line: string) => void
}

/** A segment that came late. */
export interface Late {
  readonly streamId: string
  readonly seq: number
  readonly latencyMs: number
}

interface Followed {
  readonly name: string
  lastSeq: number
  batch: { readonly seq: number; readonly bytes: Buffer }[]
}

/** Watches one stream: each segment of each rendition, in order, fetched and decoded. */
export class Viewer {
  /** Segments of the source. */
  published = 0
  /** Segments of all renditions that are there and decode. */
  delivered = 0
  readonly late: Late[] = []
  ended = false
  readonly streamId: string
  readonly #init: ViewerInit
  readonly #source: Followed = { name: 'source', lastSeq: -1, batch: [] }
  readonly #followed: readonly Followed[]
  #reportedSeq = -1
  /** Lots that are not judged yet. */
  #judging: Promise<unknown> = Promise.resolve()

  constructor(init: ViewerInit) {
    this.#init = init
    this.streamId = init.streamId
    this.#followed = init.renditions.map((name) => ({ name, lastSeq: -1, batch: [] }))
  }

  /** One look; to be repeated within the window of the playlists. */
  async look(): Promise<void> {
    const ended = await this.#lookAt(this.#source)
    if (ended === undefined) return
    for (const rendition of this.#followed) await this.#lookAt(rendition)
    await this.#readReports()
    if (ended) await this.#finish()
    this.ended = ended
  }

  /** True where the playlist is closed, `undefined` where there is none. */
  async #lookAt(rendition: Followed): Promise<boolean | undefined> {
    const url = new URL(`/stream/${this.streamId}/${rendition.name}.m3u8`, this.#init.base)
    const response = await fetch(url)
    const text = await response.text()
    if (response.status !== 200) return undefined
    const playlist = parse(text)
    if (!(playlist instanceof types.MediaPlaylist)) throw new Error(`${url.href} is no media playlist`)
    for (const segment of playlist.segments) {
      const { mediaSequenceNumber: seq, uri, gap } = segment as typeof segment & { gap?: boolean }
      if (seq <= rendition.lastSeq) continue
      for (let hole = rendition.lastSeq + 1; hole < seq; hole++) this.#miss(rendition, hole, 'never seen')
      rendition.lastSeq = seq
      if (rendition === this.#source) this.published += 1
      else if (gap) this.#miss(rendition, seq, 'a gap')
      else await this.#fetch(rendition, seq, new URL(uri, url))
    }
    return playlist.endlist
  }

  async #fetch(rendition: Followed, seq: number, url: URL): Promise<void> {
    const response = await fetch(url)
    const bytes = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200) return this.#miss(rendition, seq, `status ${response.status}`)
    rendition.batch.push({ seq, bytes })
    if (rendition.batch.length >= BATCH) this.#judge(rendition)
  }

  /** Looking goes on meanwhile: it must keep up with the playlists. */
  #judge(rendition: Followed): void {
    const batch = rendition.batch.splice(0)
    if (batch.length > 0) this.#judging = Promise.all([this.#judging, this.#count(rendition, batch)])
  }

  async #count(rendition: Followed, batch: Followed['batch']): Promise<void> {
    const { judge } = this.#init
    if (await judge(batch.map(({ bytes }) => bytes))) {
      this.delivered += batch.length
      return
    }
    for (const { seq, bytes } of batch) {
      if (await judge([bytes])) this.delivered += 1
      else this.#miss(rendition, seq, 'is not what was pushed')
    }
  }

  async #finish(): Promise<void> {
    for (const rendition of this.#followed) {
      for (let seq = rendition.lastSeq + 1; seq <= this.#source.lastSeq; seq++) this.#miss(rendition, seq, 'not there')
      this.#judge(rendition)
    }
    await this.#judging
  }

  async #readReports(): Promise<void> {
    const response = await fetch(new URL(`/streams.json?id=${this.streamId}`, this.#init.base))
    const { streams } = (await response.json()) as { streams: readonly { reports: readonly SegmentReport[] }[] }
    for (const { seq, latencyMs, attempts } of streams[0]?.reports ?? []) {
      if (seq <= this.#reportedSeq) continue
      this.#reportedSeq = seq
      this.#init.latencies.record(Math.max(1, latencyMs))
      if (latencyMs <= this.#init.lateMs) continue
      this.late.push({ streamId: this.streamId, seq, latencyMs })
      this.#say(`${seq} took ${latencyMs} ms, attempts ${JSON.stringify(attempts)}`)
    }
  }

  #miss(rendition: Followed, seq: number, why: string): void {
    this.#say(`${rendition.name}/${seq}: ${why}`)
  }

  #say(text: string): void {
    this.#init.say(`${this.streamId}/${text}`)
  }
}
