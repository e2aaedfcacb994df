import { setTimeout as sleep } from 'node:timers/promises'
import { types, parse } from 'hls-parser'

export interface RecordedSegment {
  readonly uri: string
  readonly seq: number
  readonly durationMs: number
  readonly discontinuity: boolean
  /** `undefined` where the playlist says that there is a gap. */
  readonly bytes: Buffer | undefined
}

export interface RecordedRendition {
  readonly name: string
  readonly bandwidth: number
  readonly codecs: string | undefined
  readonly resolution: { readonly width: number; readonly height: number } | undefined
  readonly segments: RecordedSegment[]
  ended: boolean
}

/** Follows a live stream like a patient viewer of every rendition: fetches each listed segment once, until the end of the list. */
export class HlsRecorder {
  readonly renditions = new Map<string, RecordedRendition>()
  /** ms of `performance.now()` at which the master playlist first listed something playable. */
  firstPlayableAt: number | undefined
  readonly #master: string

  constructor(httpBase: string, streamId: string) {
    this.#master = new URL(`/stream/${streamId}.m3u8`, httpBase).href
  }

  /** Resolves once this many segments of a rendition have been seen. */
  async reached(rendition: string, count: number): Promise<void> {
    while ((this.renditions.get(rendition)?.segments.length ?? 0) < count) await sleep(20)
  }

  /** Polls until every rendition says that it ended, or the signal aborts. */
  async record(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      await this.#poll()
      const all = [...this.renditions.values()]
      if (all.length > 0 && all.every(({ ended }) => ended)) return
      await sleep(100, undefined, { signal })
    }
  }

  async #poll(): Promise<void> {
    const master = await fetch(this.#master)
    if (master.status === 404) return
    const playlist = parse(await master.text())
    if (!(playlist instanceof types.MasterPlaylist)) throw new Error(`${this.#master} is no master playlist`)
    for (const variant of playlist.variants) {
      const name = variant.uri.split('/').at(-1)?.replace('.m3u8', '') ?? ''
      let rendition = this.renditions.get(name)
      if (!rendition) {
        const { bandwidth, codecs, resolution } = variant
        rendition = { name, bandwidth, codecs, resolution, segments: [], ended: false }
        this.renditions.set(name, rendition)
      }
      await this.#follow(rendition, new URL(variant.uri, this.#master).href)
    }
    if (this.renditions.size > 0) this.firstPlayableAt ??= performance.now()
  }

  async #follow(rendition: RecordedRendition, url: string): Promise<void> {
    const response = await fetch(url)
    if (response.status !== 200) throw new Error(`${url}: ${response.status}`)
    const playlist = parse(await response.text())
    if (!(playlist instanceof types.MediaPlaylist)) throw new Error(`${url} is no media playlist`)
    for (const segment of playlist.segments) {
      const {
        uri,
        duration,
        discontinuity,
        gap,
        mediaSequenceNumber: seq,
      } = segment as typeof segment & { gap?: boolean }
      const last = rendition.segments.at(-1)
      if (last && seq <= last.seq) continue
      if (last && seq !== last.seq + 1) throw new Error(`${rendition.name}: ${seq} follows ${last.seq}`)
      const bytes = gap ? undefined : await fetchSegment(new URL(uri, url).href)
      rendition.segments.push({ uri, seq, durationMs: duration * 1000, discontinuity: discontinuity ?? false, bytes })
    }
    rendition.ended = playlist.endlist
  }
}

async function fetchSegment(url: string): Promise<Buffer> {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`${url}: ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}
