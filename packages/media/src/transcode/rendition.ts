import type { EncodedRendition, Profile } from '@livepeer-node/sdk'
import type { InputStream } from '../native/demuxer.ts'
import type { Encoder } from '../native/encoder.ts'
import { type Frame, newFrame, newPacket, type Packet, type Rational } from '../native/media-data.ts'
import { type MemoryWriter, SeekableWriter, StreamWriter } from '../native/memory-io.ts'
import { faststart } from '../native/mp4-boxes.ts'
import { Muxer, wantsGlobalHeader } from '../native/muxer.ts'
import { emptyOutput, MIN_OUTPUT_BYTES, runaway, RUNAWAY_FACTOR } from './errors.ts'
import type { Size } from './size.ts'
import { TimeRepair } from './timing.ts'
import type { EncoderSettings } from './types.ts'
import { type SourcePicture, VideoPipe } from './video-pipe.ts'

/** The source of one segment. */
export interface SegmentSource extends SourcePicture {
  readonly audio: InputStream | undefined
  /** Frames decoded so far. */
  readonly decodedFrames: number
}

export interface RenditionInit {
  readonly profile: Profile
  readonly settings: EncoderSettings
  /** Service provider, empty: none. */
  readonly provider: string
  readonly beat: () => void
  /** Just before a card's encoder is opened: room is made for it. */
  readonly onOpening: () => void
}

/** What exists for one segment only. */
interface Job {
  readonly source: SegmentSource
  readonly video: TimeRepair
  readonly audio: TimeRepair
  pipe: VideoPipe | undefined
  muxer: Muxer | undefined
  size: Size
  /** Of pipes that came before, for other sizes. */
  frames: number
  pixels: number
}

/** One rung of the ladder, segment after segment: `begin`, then frames and audio packets, then `finish` or `abandon`. */
export class Rendition implements Disposable {
  readonly #init: RenditionInit
  readonly #writer: MemoryWriter
  readonly #frame = newFrame()
  readonly #packet = newPacket()
  readonly #audioPacket = newPacket()
  /** Audio that came before the first frame was encoded. */
  readonly #waiting: Packet[] = []
  /** On a card: kept for the next segment. */
  #kept: { readonly encoder: Encoder; readonly size: Size } | undefined
  #job: Job | undefined

  constructor(init: RenditionInit) {
    this.#init = init
    this.#writer = init.profile.format === 'mpegts' ? new StreamWriter() : new SeekableWriter()
  }

  begin(source: SegmentSource): void {
    const none = { width: 0, height: 0 }
    const fromZero = this.#init.profile.format === 'mpegts'
    const times = { video: new TimeRepair(fromZero), audio: new TimeRepair(fromZero) }
    this.#job = { source, ...times, pipe: undefined, muxer: undefined, size: none, frames: 0, pixels: 0 }
  }

  /** A decoded frame. `changed`: its size or format is not that of the frame before. */
  push(frame: Frame, changed: boolean): void {
    const job = this.#current()
    if (changed) this.#endPipe(job)
    job.pipe ??= this.#openPipe(job, frame)
    job.pipe.push(frame)
    this.#guard(job)
  }

  /** A packet of the source's audio; the caller keeps it. */
  pushAudio(packet: Packet): void {
    const job = this.#current()
    if (job.muxer) this.#writeAudio(job, job.muxer, packet)
    else this.#waiting.push(copyOf(packet))
  }

  /** `last` is used where not one frame came out: a rendition is never empty (media.md §6.3). */
  finish(last: Frame): EncodedRendition {
    const job = this.#current()
    this.#endPipe(job)
    if (job.frames === 0) {
      job.pipe = this.#openPipe(job, last, true)
      job.pipe.push(last)
      this.#endPipe(job)
    }
    const { name, format } = this.#init.profile
    const raw = job.muxer?.finish() ?? Buffer.alloc(0)
    if (raw.length < MIN_OUTPUT_BYTES) throw emptyOutput(name, raw.length)
    const bytes = format === 'mp4' ? faststart(raw) : raw
    const { frames, pixels, size } = job
    this.abandon()
    return { name, bytes, format, frames, pixels, ...size }
  }

  /** Frees what belongs to the segment; harmless when there is none. */
  abandon(): void {
    this.#job?.pipe?.[Symbol.dispose]()
    this.#job?.muxer?.[Symbol.dispose]()
    this.#job = undefined
    for (const packet of this.#waiting.splice(0)) packet.free()
    this.#frame.unref()
    this.#packet.unref()
    this.#audioPacket.unref()
  }

  [Symbol.dispose](): void {
    this.abandon()
    this.#kept?.encoder[Symbol.dispose]()
    this.#frame.free()
    this.#packet.free()
    this.#audioPacket.free()
    this.#writer[Symbol.dispose]()
  }

  #current(): Job {
    if (!this.#job) throw new Error('No segment was begun.')
    return this.#job
  }

  #openPipe(job: Job, frame: Frame, keepLast = false): VideoPipe {
    const { profile, settings, onOpening } = this.#init
    const pipe = new VideoPipe({
      profile,
      settings,
      source: job.source,
      frame,
      keepLast,
      // Parameter sets of a second size go before its key frame: the head is written by then.
      globalHeader: wantsGlobalHeader(profile.format) && job.muxer === undefined,
      scratch: { frame: this.#frame, packet: this.#packet },
      onOpening,
      onPacket: (packet, timeBase) => this.#write(job, packet, timeBase),
    })
    this.#lendKept(pipe)
    job.size = pipe.size
    return pipe
  }

  #lendKept(pipe: VideoPipe): void {
    const kept = this.#kept
    this.#kept = undefined
    if (!kept) return
    if (kept.size.width === pipe.size.width && kept.size.height === pipe.size.height) pipe.adopt(kept.encoder)
    else kept.encoder[Symbol.dispose]()
  }

  /** Empties the pipe and counts what it encoded. */
  #endPipe(job: Job): void {
    const { pipe } = job
    if (!pipe) return
    pipe.finish()
    this.#guard(job)
    job.pipe = undefined
    job.frames += pipe.frames
    job.pixels += pipe.frames * pipe.size.width * pipe.size.height
    if (this.#init.settings.kind === 'nvenc' && pipe.reusable) {
      const encoder = pipe.releaseEncoder()
      this.#kept = encoder && { encoder, size: pipe.size }
    }
    pipe[Symbol.dispose]()
  }

  #guard(job: Job): void {
    const encoded = job.frames + (job.pipe?.frames ?? 0)
    const { decodedFrames } = job.source
    if (encoded > RUNAWAY_FACTOR * decodedFrames) throw runaway(encoded, decodedFrames)
  }

  #write(job: Job, packet: Packet, timeBase: Rational): void {
    job.muxer ??= this.#openMuxer(job, timeBase)
    packet.rescaleTs(timeBase, job.muxer.timeBase(0))
    job.video.repair(packet)
    job.muxer.write(packet, 0)
    this.#init.beat()
  }

  #writeAudio(job: Job, muxer: Muxer, packet: Packet): void {
    const copy = this.#audioPacket
    copy.ref(packet)
    if (job.source.audio) copy.rescaleTs(job.source.audio.timeBase, muxer.timeBase(1))
    job.audio.repair(copy)
    muxer.write(copy, 1)
  }

  #openMuxer(job: Job, timeBase: Rational): Muxer {
    const { profile, provider } = this.#init
    const muxer = new Muxer(this.#writer, profile.format)
    job.muxer = muxer
    const encoder = job.pipe?.encoder
    if (!encoder) throw new Error('A packet came without an encoder.')
    muxer.addEncoded(encoder, timeBase)
    if (job.source.audio) muxer.addCopy(job.source.audio)
    muxer.start(provider ? { service_provider: provider, comment: `Processed by ${provider}` } : {})
    for (const packet of this.#waiting.splice(0)) {
      this.#writeAudio(job, muxer, packet)
      packet.free()
    }
    return muxer
  }
}

function copyOf(packet: Packet): Packet {
  const copy = newPacket()
  copy.ref(packet)
  return copy
}
