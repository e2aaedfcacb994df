import { Demuxer, type InputStream } from '../native/demuxer.ts'
import { FileReader } from '../native/file-io.ts'
import { MILLISECONDS, NO_TIME, newPacket, type Packet, rescale } from '../native/media-data.ts'
import { describeInput, hasPictures } from '../native/media-info.ts'
import { type MemoryWriter, SeekableWriter, StreamWriter } from '../native/memory-io.ts'
import { Muxer } from '../native/muxer.ts'
import { noVideoIn } from './errors.ts'
import { readPlaylist } from './playlist.ts'
import type { SplitMedia, SplitOptions, SplitSegment } from './types.ts'

/** What MPEG-TS carries; all else goes into MP4. */
const TS_CODECS: readonly string[] = ['h264', 'hevc', 'mpeg1video', 'mpeg2video', 'mpeg4']
/** A key frame that comes this little early is one in time, ms. */
const TOLERANCE_MS = 50

/** See `splitMedia`. */
export function split(options: SplitOptions, beat: () => void): SplitMedia {
  return /\.m3u8?$/i.test(options.path) ? readPlaylist(options) : cut(options, beat)
}

function cut({ path, targetMs, maxSegments }: SplitOptions, beat: () => void): SplitMedia {
  using reader = new FileReader(path)
  using demuxer = new Demuxer(reader)
  const { video, audio } = demuxer
  if (!video || !hasPictures(video)) throw noVideoIn(path)
  const format = TS_CODECS.includes(video.codec) ? 'mpegts' : 'mp4'
  using writer = format === 'mpegts' ? new StreamWriter() : new SeekableWriter()
  using packet = newPacket()
  const segments: SplitSegment[] = []
  let open: Piece | undefined
  try {
    for (let stream = demuxer.read(packet); stream; stream = demuxer.read(packet)) {
      beat()
      if (stream === video && packet.isKeyframe) {
        const atMs = timeOf(packet, video)
        if (open && atMs - open.startMs >= targetMs - TOLERANCE_MS) {
          segments.push(open.finish(atMs))
          open = undefined
          if (segments.length === maxSegments) break
        }
        open ??= new Piece({ video, audio, writer, format, startMs: atMs })
      }
      open?.write(packet, stream)
      packet.unref()
    }
    // The rest counts where it is a segment of its own, or all there is.
    if (open && (segments.length === 0 || open.lengthMs >= targetMs / 2)) segments.push(open.finish())
  } finally {
    open?.[Symbol.dispose]()
  }
  const first = segments[0]
  if (!first) throw noVideoIn(path)
  return { info: { ...describeInput(demuxer, first.bytes), format }, segments }
}

interface PieceInit {
  readonly video: InputStream
  readonly audio: InputStream | undefined
  readonly writer: MemoryWriter
  readonly format: 'mpegts' | 'mp4'
  readonly startMs: number
}

/** The segment that is being written. */
class Piece implements Disposable {
  readonly startMs: number
  readonly #init: PieceInit
  readonly #muxer: Muxer
  readonly #videoIndex: number
  readonly #audioIndex: number | undefined
  #endMs: number
  #frameMs = 0

  constructor(init: PieceInit) {
    this.#init = init
    this.startMs = init.startMs
    this.#endMs = init.startMs
    this.#muxer = new Muxer(init.writer, init.format)
    this.#videoIndex = this.#muxer.addCopy(init.video)
    this.#audioIndex = init.audio && this.#muxer.addCopy(init.audio)
    this.#muxer.start()
  }

  /** Up to the end of the last picture so far. */
  get lengthMs(): number {
    return this.#endMs + this.#frameMs - this.startMs
  }

  write(packet: Packet, stream: InputStream): void {
    const isVideo = stream === this.#init.video
    const index = isVideo ? this.#videoIndex : this.#audioIndex
    if (index === undefined || packet.pts === NO_TIME) return
    if (packet.dts === NO_TIME) packet.dts = packet.pts
    if (isVideo) {
      this.#endMs = Math.max(this.#endMs, timeOf(packet, stream))
      this.#frameMs = Math.max(this.#frameMs, Number(rescale(packet.duration, stream.timeBase, MILLISECONDS)))
    }
    packet.rescaleTs(stream.timeBase, this.#muxer.timeBase(index))
    this.#muxer.write(packet, index)
  }

  finish(endMs = this.startMs + this.lengthMs): SplitSegment {
    const bytes = this.#muxer.finish()
    this[Symbol.dispose]()
    return { bytes, durationMs: Math.max(1, endMs - this.startMs) }
  }

  [Symbol.dispose](): void {
    this.#muxer[Symbol.dispose]()
  }
}

function timeOf(packet: Packet, stream: InputStream): number {
  return Number(rescale(packet.pts === NO_TIME ? packet.dts : packet.pts, stream.timeBase, MILLISECONDS))
}
