import { LivepeerError } from '@livepeer-node/sdk'
import { AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO } from 'node-av/constants'
import { avGetCodecName, FormatContext, type Stream } from 'node-av/lib'
import { check, ffmpegText, INVALID_DATA, isAgain } from './errors.ts'
import type { CodecParameters, Packet, Rational } from './media-data.ts'
import { isFragmented } from './mp4-boxes.ts'
import type { MediaReader } from './memory-io.ts'

// A playlist or a script that poses as media must never make the demuxer open what it names.
const CONTAINERS = 'mpegts,mov,mp4,m4a,3gp,3g2,mj2,flv,matroska,webm'
const INVALID = { code: 'LP_MEDIA_INVALID', kind: 'input', remedy: 'Send MPEG-TS or MP4 with H.264 video.' } as const

/** One elementary stream of an input; valid until its demuxer is disposed. */
export interface InputStream {
  readonly index: number
  readonly timeBase: Rational
  readonly parameters: CodecParameters
  /** FFmpeg's short name: `h264`, `aac`, … */
  readonly codec: string
  /** The frame rate that the container and the first frames suggest; 0/x where unknown. */
  readonly frameRate: Rational
}

/** Reads the packets of one input. Throws `LP_MEDIA_INVALID` for bytes that are no media. */
export class Demuxer implements Disposable {
  /** The best video stream, and the best audio stream; others are left out by `read`. */
  readonly video: InputStream | undefined
  readonly audio: InputStream | undefined
  /** FFmpeg's name of the container, as `mpegts` or `mov,mp4,…`. */
  readonly container: string
  /** As the container says, 0 where unknown. */
  readonly durationMs: number
  readonly #context = new FormatContext()
  readonly #reader: MediaReader

  /** Of a file no `bytes` are needed: it is read piece by piece. */
  constructor(reader: MediaReader, bytes: Uint8Array = new Uint8Array()) {
    this.#reader = reader
    reader.load(bytes)
    this.#context.allocContext()
    this.#context.pb = reader.io
    this.#open()
    try {
      check(this.#context.findStreamInfoSync(null), 'looking at the input', INVALID)
      const streams = this.#context.streams
      this.video = inputStream(streams[this.#context.findBestStream(AVMEDIA_TYPE_VIDEO)])
      this.audio = inputStream(streams[this.#context.findBestStream(AVMEDIA_TYPE_AUDIO)])
      this.container = this.#context.iformat?.name ?? ''
      this.durationMs = this.#durationMs(isFragmented(bytes))
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  /** The next packet of the chosen streams; `undefined` at the end. The packet is yours to `unref()`. */
  read(packet: Packet): InputStream | undefined {
    for (;;) {
      const result = this.#context.readFrameSync(packet)
      if (isAgain(result)) continue
      if (result < 0) return undefined // an unreadable rest ends the input
      if (packet.streamIndex === this.video?.index) return this.video
      if (packet.streamIndex === this.audio?.index) return this.audio
      packet.unref()
    }
  }

  [Symbol.dispose](): void {
    this.#context.closeInputSync()
    this.#reader.unload()
  }

  /** A fragmented MP4 counts from 0 to the end of its last fragment, wherever its first one starts. */
  #durationMs(fromZero: boolean): number {
    const duration = Number(this.#context.duration)
    const before = fromZero ? Math.max(0, Number(this.#context.startTime)) : 0
    return Math.max(0, Math.round((duration > before ? duration - before : duration) / 1000))
  }

  #open(): void {
    check(this.#context.setOption('format_whitelist', CONTAINERS), 'limiting the containers')
    const result = this.#context.openInputSync('', null, null)
    if (result >= 0) return
    this.#reader.unload() // a failed open has already freed the context
    const text = ffmpegText(INVALID_DATA)
    throw new LivepeerError({
      ...INVALID,
      message: `This is no media that can be read: ${ffmpegText(result)}.`,
      wireText: text,
    })
  }
}

function inputStream(stream: Stream | undefined): InputStream | undefined {
  if (!stream) return undefined
  const parameters = stream.codecpar
  const guessed = stream.rFrameRate
  return {
    index: stream.index,
    timeBase: stream.timeBase,
    parameters,
    codec: avGetCodecName(parameters.codecId) ?? '',
    frameRate: guessed.num > 0 ? guessed : stream.avgFrameRate,
  }
}
