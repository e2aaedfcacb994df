import type { MediaInfo, MediaPacket } from '@livepeer-node/sdk'
import type { Packet } from '../native/media-data.ts'
import { damaged } from './errors.ts'
import { readMessage, type FlvMessage } from './flv-message.ts'
import { CutGuard } from './guard.ts'
import { Headers, type HeaderState } from './headers.ts'
import type { SegmentOptions } from './options.ts'
import { SegmentWriter, type WriterPool } from './segment-writer.ts'
import { NEW_TIMELINE, TICKS_PER_MS, Timeline, type TimelineState } from './timeline.ts'
import { describeTracks, type TrackHeaders, type Tracks } from './tracks.ts'

/** A finished segment, without the name of its stream. */
export interface CutSegment {
  readonly seq: number
  readonly bytes: Uint8Array
  readonly durationMs: number
  readonly keyed: boolean
  readonly discontinuity: boolean
  readonly probe: MediaInfo
}

/** Where a fresh segmenter goes on after a cut. Plain data: it crosses to the parent and back. */
export interface ResumePoint {
  /** How many packets of the stream came before; the next one is the first of the open segment. */
  readonly packets: number
  readonly seq: number
  readonly grid: Grid | undefined
  readonly timeline: TimelineState
  readonly headers: HeaderState
  readonly discontinuity: boolean
  readonly tracks: Tracks | undefined
}

/** Where cuts are due: `start` in ticks, and how many segments have begun since. */
interface Grid {
  readonly start: number
  readonly segments: number
}

export interface SegmenterEvents {
  segment(segment: CutSegment): void
  /** Everything before this point has been handed out. */
  resumable(point: ResumePoint): void
}

/** What the segmenters of one process share. */
export interface SegmenterParts {
  readonly pool: WriterPool
  /** Lent; empty between calls. */
  readonly packet: Packet
  /** Looks into a segment; called once per stream and after each new header. */
  readonly probe: (bytes: Uint8Array) => MediaInfo
}

/** A frame in its place among the stream's packets. */
interface Arrival {
  readonly frame: FlvMessage & { readonly what: 'frame' }
  readonly ms: number
  readonly index: number
}

/** The segment that is being written. */
interface OpenSegment {
  readonly writer: SegmentWriter
  readonly headers: TrackHeaders
  readonly startPts: number
  endPts: number
  frames: number
  keyed: boolean
}

/** Messages after which a stream without an audio header counts as a stream without audio. */
const PROBE_MESSAGES = 20
/** A key frame whose time stamp was rounded down a little still counts as on the grid, ticks. */
const GRID_TOLERANCE = 50 * TICKS_PER_MS
const DEFAULT_FRAME_TICKS = 33 * TICKS_PER_MS
const MAX_DAMAGED = 100

/**
 * Cuts one stream of RTMP messages into MPEG-TS segments (node-av.md §6): at key frames on the cumulative grid of media.md §3,
 * nothing re-encoded, times 90 × ms. The first frame is kept and the last segment is emitted by `end`; a stream may lack
 * audio. Synchronous. Any call may throw a `LivepeerError`: the stream has then failed, dispose the segmenter.
 */
export class Segmenter implements Disposable {
  readonly #options: SegmentOptions
  readonly #parts: SegmenterParts
  readonly #events: SegmenterEvents
  readonly #timeline: Timeline
  readonly #headers: Headers
  readonly #guard: CutGuard
  #packets: number
  #seq: number
  #grid: Grid | undefined
  #discontinuity: boolean
  #tracks: Tracks | undefined
  /** Frames that wait for the tracks to be known; `undefined` once they are. */
  #held: Arrival[] | undefined
  #open: OpenSegment | undefined
  #lastVideoDts: number | undefined
  #frameTicks = DEFAULT_FRAME_TICKS
  #damaged = 0

  constructor(options: SegmentOptions, parts: SegmenterParts, from: { events: SegmenterEvents; resume?: ResumePoint }) {
    const { events, resume } = from
    this.#options = options
    this.#parts = parts
    this.#events = events
    this.#timeline = new Timeline(resume?.timeline ?? NEW_TIMELINE)
    this.#headers = new Headers(resume?.headers ?? { video: undefined, audio: undefined })
    this.#guard = new CutGuard(options)
    this.#packets = resume?.packets ?? 0
    this.#seq = resume?.seq ?? 0
    this.#grid = resume?.grid
    this.#discontinuity = resume?.discontinuity ?? false
    this.#tracks = resume?.tracks
    this.#held = resume ? undefined : []
  }

  /** Takes one message. Its data must not change afterwards. */
  push(packet: MediaPacket): void {
    const index = this.#packets++
    this.#guard.count(packet.data.byteLength)
    const message = readMessage(packet)
    if (!message) return
    if (message.what === 'header') {
      this.#headers.take(message.kind, message.config)
      if (this.#held && this.#headers.video && this.#headers.audio) this.#release(this.#held)
      return
    }
    const ms = this.#timeline.unwrap(packet.timestampMs)
    if (this.#held) this.#hold(this.#held, { frame: message, ms, index })
    else this.#take({ frame: message, ms, index })
  }

  /** End of stream: cuts the open segment. */
  end(): void {
    if (this.#held && this.#headers.video) this.#release(this.#held)
    if (this.#open) this.#cut(this.#open, this.#tail(this.#open))
  }

  /** Drops the open segment. */
  [Symbol.dispose](): void {
    this.#open?.writer[Symbol.dispose]()
    this.#open = undefined
  }

  #hold(held: Arrival[], arrival: Arrival): void {
    this.#watch(arrival)
    held.push(arrival)
    if (this.#headers.video && held.length >= PROBE_MESSAGES) this.#release(held)
  }

  #release(held: readonly Arrival[]): void {
    this.#held = undefined
    this.#guard.restart()
    for (const arrival of held) {
      this.#guard.count(arrival.frame.data.byteLength)
      this.#take(arrival)
    }
  }

  #take(arrival: Arrival): void {
    const { frame, ms, index } = arrival
    if (this.#timeline.isJump(frame.kind, ms)) this.#jump(index)
    if (frame.key) this.#cutAt(arrival)
    this.#watch(arrival)
    if (!this.#open) return // in front of the first key frame, or behind a jump: nothing can show it
    const place = this.#timeline.place(frame.kind, ms, frame.offsetMs)
    if (!this.#write(this.#open, frame, place) || frame.kind === 'audio') return
    if (this.#lastVideoDts !== undefined) this.#frameTicks = place.dts - this.#lastVideoDts
    this.#lastVideoDts = place.dts
    this.#open.endPts = Math.max(this.#open.endPts, place.pts)
    if (this.#open.frames++ === 0) this.#open.keyed = frame.key
  }

  #watch({ frame, ms }: Arrival): void {
    if (frame.kind === 'video') this.#guard.video(ms, frame.key)
    else this.#guard.audio(ms)
  }

  /** A key frame: here a segment may begin. */
  #cutAt({ frame, ms, index }: Arrival): void {
    const { video, audio, changed } = this.#headers
    if (!video) return
    const pts = Math.max(ms, ms + frame.offsetMs) * TICKS_PER_MS
    if (this.#open && !changed && !this.#isDue(pts)) return
    if (this.#open) {
      this.#cut(this.#open, pts)
      if (changed) this.#breakOff()
      this.#tellResumePoint(index)
    }
    this.#headers.applied()
    this.#grid = this.#grid ? { ...this.#grid, segments: this.#grid.segments + 1 } : { start: pts, segments: 1 }
    const headers = { video, audio }
    const writer = new SegmentWriter(headers, this.#parts.pool, this.#parts.packet)
    this.#open = { writer, headers, startPts: pts, endPts: pts, frames: 0, keyed: false }
  }

  #isDue(pts: number): boolean {
    if (!this.#grid) return true
    const { start, segments } = this.#grid
    return pts + GRID_TOLERANCE >= start + this.#options.targetMs * TICKS_PER_MS * segments
  }

  /** The publisher's clock has jumped: what follows is a new beginning. */
  #jump(index: number): void {
    if (this.#open) this.#cut(this.#open, this.#tail(this.#open))
    this.#breakOff()
    this.#timeline.restart()
    this.#guard.restart()
    this.#lastVideoDts = undefined
    this.#tellResumePoint(index)
  }

  /** The next segment does not go on from the last one. */
  #breakOff(): void {
    this.#grid = undefined
    this.#tracks = undefined
    this.#discontinuity = this.#seq > 0
  }

  #tail(open: OpenSegment): number {
    return open.endPts + this.#frameTicks
  }

  #tellResumePoint(index: number): void {
    this.#events.resumable({
      packets: index,
      seq: this.#seq,
      grid: this.#grid,
      timeline: this.#timeline.state,
      headers: this.#headers.state,
      discontinuity: this.#discontinuity,
      tracks: this.#tracks,
    })
  }

  #write(open: OpenSegment, frame: Arrival['frame'], place: { dts: number; pts: number }): boolean {
    try {
      open.writer.write(frame.kind, frame.data, { ...place, key: frame.key })
      this.#damaged = 0
      return true
    } catch (error) {
      if (++this.#damaged >= MAX_DAMAGED) throw damaged(this.#damaged, error)
      return false
    }
  }

  #cut(open: OpenSegment, endPts: number): void {
    using writer = open.writer
    this.#open = undefined
    const bytes = writer.finish()
    this.#guard.restart()
    if (open.frames === 0) return
    const durationMs = Math.max(1, Math.round((endPts - open.startPts) / TICKS_PER_MS))
    this.#tracks ??= describeTracks(this.#parts.probe(bytes), open.headers, open.frames / durationMs)
    this.#events.segment({
      seq: this.#seq++,
      bytes,
      durationMs,
      keyed: open.keyed,
      discontinuity: this.#discontinuity,
      probe: { format: 'mpegts', durationMs, ...this.#tracks },
    })
    this.#discontinuity = false
  }
}
