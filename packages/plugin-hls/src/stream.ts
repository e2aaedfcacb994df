import type {
  Clock,
  CloseReason,
  Logger,
  MediaInfo,
  PublishedSegment,
  Publisher,
  RenditionOutcome,
  Stream,
} from '@livepeer-node/sdk'
import { SOURCE_RENDITION } from '@livepeer-node/sdk'
import { outOfSequence, renditionUnreadable, streamEnded } from './errors.ts'
import { listedAs, type Entry, type StoredMedia, stored } from './entry.ts'
import { masterPlaylist, mediaPlaylist, type Variant } from './playlist.ts'
import { RenditionTrack } from './track.ts'
import { SlidingWindow, type WindowLimits } from './window.ts'

type Arrived = Extract<RenditionOutcome, { ok: true }>

export interface HlsSettings extends WindowLimits {
  /** ms; target durations start from it. */
  readonly segmentMs: number
  readonly maxGaps: number
}

export interface HlsPeers {
  readonly clock: Clock
  readonly log: Logger
  /** Looks into a rendition; `undefined` when nobody can. */
  readonly probe: (bytes: Uint8Array) => Promise<MediaInfo> | undefined
}

/** How long a segment waits for a look into its renditions; past it they are listed by their profile. */
const PROBE_PATIENCE_MS = 3000

/**
 * One stream as HLS. All renditions share one list of entries, so their playlists agree on every sequence number; a
 * rendition that lacks a segment shows a gap in its place and nothing else.
 */
export class HlsStream implements Publisher {
  readonly stream: Stream
  readonly #settings: HlsSettings
  readonly #peers: HlsPeers
  readonly #window: SlidingWindow
  /** `source` first, then the ladder: the order of the master playlist. */
  readonly #tracks: Map<string, RenditionTrack>
  #targetDuration: number
  #lagMs: number | undefined
  #squeezed = false
  #endedAt: number | undefined

  constructor(stream: Stream, settings: HlsSettings, peers: HlsPeers) {
    this.stream = stream
    this.#settings = settings
    this.#peers = peers
    this.#window = new SlidingWindow(settings)
    this.#targetDuration = Math.max(1, Math.round(settings.segmentMs / 1000))
    this.#tracks = new Map([
      [SOURCE_RENDITION, new RenditionTrack(SOURCE_RENDITION, undefined)],
      ...stream.ladder.map((profile) => [profile.name, new RenditionTrack(profile.name, profile)] as const),
    ])
  }

  /** ms since 1970; `undefined` while the stream goes on. */
  get endedAt(): number | undefined {
    return this.#endedAt
  }

  /** Sequence number of the newest entry; `undefined` before the first. */
  get newestSeq(): number | undefined {
    return this.#window.newest?.seq
  }

  get bytes(): number {
    return this.#window.bytes
  }

  /** The renditions that the master playlist lists now. */
  get variants(): readonly Variant[] {
    const arrived = [...this.#tracks.values()].filter((track) => track.arrived)
    const alive = arrived.filter((track) => track.missedInRow < this.#settings.maxGaps)
    return (alive.length > 0 ? alive : arrived).map((track) => track.variant())
  }

  async publish(segment: PublishedSegment): Promise<void> {
    this.#checkOrder(segment)
    const discontinuity = segment.discontinuity && this.#window.newest !== undefined
    await this.#describe(segment, discontinuity)
    this.#fitTargetDuration(segment.durationMs)
    this.#count(segment)
    const squeezed = this.#window.push(this.#entry(segment, discontinuity))
    if (squeezed && !this.#squeezed) this.#warnOfSqueeze()
    this.#squeezed = squeezed
  }

  end(reason: CloseReason): Promise<void> {
    if (this.#endedAt === undefined) {
      this.#endedAt = this.#peers.clock.now()
      this.#peers.log.info('stream ended', { streamId: this.stream.id, reason, seq: this.newestSeq })
    }
    return Promise.resolve()
  }

  /** The master playlist; `undefined` until there is something to play. */
  master(): string | undefined {
    const variants = this.variants
    return variants.length > 0 ? masterPlaylist(this.stream.id, variants) : undefined
  }

  /** The playlist of a rendition; `undefined` for one that never came. It stays, as gaps, when the rendition stops. */
  playlist(rendition: string): string | undefined {
    if (!this.#tracks.get(rendition)?.arrived) return undefined
    const listed = this.#window.listed
    const first = listed[0]
    if (!first) return undefined
    return mediaPlaylist({
      targetDuration: this.#targetDuration,
      mediaSequence: first.seq,
      discontinuitySequence: first.discontinuities - (first.discontinuity ? 1 : 0),
      entries: listed.map((entry) => listedAs(entry, rendition)),
      ended: this.#endedAt !== undefined,
    })
  }

  /** A segment that is still kept; `undefined` for a gap, for one that is gone and for one that never was. */
  media(rendition: string, seq: number): StoredMedia | undefined {
    return this.#window.find(seq)?.media.get(rendition)
  }

  /** The initialisation part of that name, while a kept segment needs it. */
  init(rendition: string, initName: string): Uint8Array | undefined {
    for (const entry of this.#window.kept) {
      const parts = entry.media.get(rendition)?.parts
      if (parts?.initName === initName) return parts.init
    }
    return undefined
  }

  #checkOrder(segment: PublishedSegment): void {
    if (this.#endedAt !== undefined) throw streamEnded(this.stream.id, segment.seq)
    const newest = this.newestSeq
    if (newest !== undefined && segment.seq !== newest + 1) {
      throw outOfSequence(this.stream.id, segment.seq, newest + 1)
    }
  }

  /**
   * Looks into each rendition when it is new or may have changed, or while it lacks the sound of its source, which may
   * begin later than the picture. The source brings its description along.
   */
  async #describe(segment: PublishedSegment, changed: boolean): Promise<void> {
    this.#tracks.get(SOURCE_RENDITION)?.describe(segment.source)
    const looks = segment.renditions
      .filter((rendition): rendition is Arrived => rendition.ok && rendition.name !== SOURCE_RENDITION)
      .map((rendition) => this.#look(rendition, { changed, sound: segment.source.audio !== undefined }))
    if (looks.length === 0) return
    const patience = new AbortController()
    await Promise.race([
      Promise.all(looks),
      this.#peers.clock.sleep(PROBE_PATIENCE_MS, patience.signal).catch(() => undefined),
    ])
    patience.abort()
  }

  async #look(rendition: Arrived, { changed, sound }: { changed: boolean; sound: boolean }): Promise<void> {
    const track = this.#tracks.get(rendition.name)
    if (!track || (track.described && !changed && (track.hasSound || !sound))) return
    try {
      const info = await this.#peers.probe(rendition.bytes)
      if (info) track.describe(info)
    } catch (error) {
      const { message, ...fields } = renditionUnreadable(this.stream.id, rendition.name, error).toJSON()
      this.#peers.log.warn(String(message), { ...fields, streamId: this.stream.id })
    }
  }

  /**
   * RFC 8216 §6.2.1 wants the target duration constant and no entry longer than it. When a publisher's key frames move
   * apart mid-stream both cannot be had: it rises then, once, which players follow, where a longer entry makes some stop.
   */
  #fitTargetDuration(durationMs: number): void {
    const needed = Math.round(durationMs / 1000)
    if (needed <= this.#targetDuration) return
    if (this.#window.newest) {
      this.#peers.log.warn('a segment is longer than the target duration, which rises', {
        streamId: this.stream.id,
        observed: durationMs / 1000,
        limit: this.#targetDuration,
        remedy: 'Set a constant key-frame distance in the encoder, or segmentMs to the longest segment.',
      })
    }
    this.#targetDuration = needed
  }

  #count(segment: PublishedSegment): void {
    const arrived = new Map(segment.renditions.filter((r): r is Arrived => r.ok).map((r) => [r.name, r]))
    for (const [name, track] of this.#tracks) {
      const rendition = arrived.get(name)
      if (rendition) {
        const { byteLength } = rendition.bytes
        track.came({ byteLength, durationMs: segment.durationMs, targetDuration: this.#targetDuration })
      } else {
        track.missed()
        if (track.missedInRow === this.#settings.maxGaps) this.#warnOfGaps(segment, track)
      }
    }
  }

  #entry(segment: PublishedSegment, discontinuity: boolean): Entry {
    const media = segment.renditions
      .filter((rendition): rendition is Arrived => rendition.ok && this.#tracks.has(rendition.name))
      .map((rendition) => [rendition.name, stored(rendition.bytes, rendition.format)] as const)
    return {
      seq: segment.seq,
      durationMs: segment.durationMs,
      discontinuity,
      discontinuities: (this.#window.newest?.discontinuities ?? 0) + (discontinuity ? 1 : 0),
      dateMs: this.#date(segment.durationMs, discontinuity),
      media: new Map(media),
    }
  }

  /**
   * The first frame was taken when the stream began; each entry goes on where the one before it ended. After a
   * discontinuity the publisher's clock says nothing, so the wall clock does, less what the first segment took to get here.
   */
  #date(durationMs: number, discontinuity: boolean): number {
    const newest = this.#window.newest
    const began = this.#peers.clock.now() - durationMs
    if (!newest) {
      this.#lagMs = Math.max(0, began - this.stream.startedAt)
      return began - this.#lagMs
    }
    const next = newest.dateMs + newest.durationMs
    return discontinuity ? Math.max(next, began - (this.#lagMs ?? 0)) : next
  }

  #warnOfGaps(segment: PublishedSegment, track: RenditionTrack): void {
    const outcome = segment.renditions.find((rendition) => rendition.name === track.name)
    this.#peers.log.warn('a rendition stays away and leaves the master playlist until it comes again', {
      streamId: this.stream.id,
      seq: segment.seq,
      rendition: track.name,
      observed: track.missedInRow,
      reason: outcome && !outcome.ok ? outcome.error.message : 'not delivered',
    })
  }

  #warnOfSqueeze(): void {
    this.#peers.log.warn('segments are too large for the stream’s memory: playlists are shorter', {
      streamId: this.stream.id,
      observed: this.#window.kept.length,
      limit: this.#settings.maxBytes,
      remedy: 'Raise maxStreamBytes, or lower the publisher’s bit rate or key-frame distance.',
    })
  }
}
