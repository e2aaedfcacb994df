import { AV_CODEC_ID_AAC, AV_CODEC_ID_H264, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO } from 'node-av/constants'
import { Dictionary, FormatContext, type Stream } from 'node-av/lib'
import { check } from './errors.ts'
import { AdtsStripper } from './bitstream-filter.ts'
import type { Encoder } from './encoder.ts'
import type { InputStream } from './demuxer.ts'
import type { Packet, Rational } from './media-data.ts'
import type { MemoryWriter } from './memory-io.ts'

/** `mpegts` takes a `StreamWriter`, the others a `SeekableWriter`. The `moov` of `mp4` is at the end (mp4-boxes.ts moves it). */
export type ContainerFormat = 'mpegts' | 'mp4' | 'fmp4' | 'flv'

/** A stream whose packets are not ours: described by its decoder configuration. */
export interface RawStream {
  readonly codec: 'h264' | 'aac'
  /** AVCDecoderConfigurationRecord or AudioSpecificConfig. */
  readonly extradata: Uint8Array
  /** Audio only, Hz. */
  readonly sampleRate?: number
  readonly timeBase: Rational
}

// The first times as they are: the fragments belong to a longer stream.
const FRAGMENTED = { movflags: 'frag_keyframe+delay_moov+default_base_moof+frag_discont+skip_trailer' }

/** Does the container want parameter sets in its head? The encoder must then be opened with `globalHeader`. */
export function wantsGlobalHeader(format: ContainerFormat): boolean {
  return format !== 'mpegts'
}

/** Writes one output: add streams, `start`, `write`…, `finish`. Dispose it on every path. */
export class Muxer implements Disposable {
  readonly #context = new FormatContext()
  readonly #writer: MemoryWriter
  readonly #format: ContainerFormat
  readonly #streams: Stream[] = []
  #timeBases: Rational[] = []
  readonly #strippers = new Map<number, AdtsStripper>()
  #finished = false

  constructor(writer: MemoryWriter, format: ContainerFormat) {
    this.#writer = writer
    this.#format = format
    check(this.#context.allocOutputContext2(null, format === 'fmp4' ? 'mp4' : format, null), `opening ${format}`)
    this.#context.pb = writer.io
  }

  /** A stream out of an encoder. Returns its index for `write`. */
  addEncoded(encoder: Encoder, timeBase: Rational): number {
    const stream = this.#add(timeBase)
    const rate = encoder.context.framerate
    if (rate.num > 0) stream.avgFrameRate = rate
    check(stream.codecpar.fromContext(encoder.context), 'describing the stream')
    return stream.index
  }

  /** A stream of an input, copied. Returns its index for `write`. */
  addCopy(input: InputStream): number {
    const stream = this.#add(input.timeBase)
    check(input.parameters.copy(stream.codecpar), 'describing the stream')
    stream.codecpar.codecTag = 0
    const adts = input.codec === 'aac' && input.parameters.extradataSize === 0
    if (adts && this.#format === 'fmp4') this.#strippers.set(stream.index, new AdtsStripper(input))
    return stream.index
  }

  /** A stream whose packets come from elsewhere. Returns its index for `write`. */
  addRaw(raw: RawStream): number {
    const stream = this.#add(raw.timeBase)
    const { codecpar } = stream
    codecpar.codecType = raw.codec === 'h264' ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO
    codecpar.codecId = raw.codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_AAC
    codecpar.extradata = Buffer.from(raw.extradata)
    if (raw.sampleRate) codecpar.sampleRate = raw.sampleRate
    return stream.index
  }

  /** Writes the head. Keys of `metadata` as FFmpeg names them: `service_provider`, `comment`, … */
  start(metadata: Readonly<Record<string, string>> = {}): void {
    if (Object.keys(metadata).length > 0) this.#context.metadata = Dictionary.fromObject(metadata)
    using options = Dictionary.fromObject(this.#format === 'fmp4' ? FRAGMENTED : {})
    check(this.#context.writeHeaderSync(options), 'writing the head')
    this.#timeBases = this.#streams.map((stream) => stream.timeBase) // final only now
  }

  /** The unit in which the container keeps a stream's times; known after `start`. */
  timeBase(index: number): Rational {
    const timeBase = this.#timeBases[index]
    if (!timeBase) throw new RangeError(`stream ${index} of ${this.#timeBases.length}`)
    return timeBase
  }

  /**
   * Writes one packet whose times are already in `timeBase(index)`. `interleaved` sorts the streams by time and holds
   * packets back for it; `arrival` writes at once, in the order of the calls. The packet is empty afterwards.
   */
  write(packet: Packet, index: number, order: 'interleaved' | 'arrival' = 'interleaved'): void {
    if (this.#strippers.get(index)?.strip(packet) === false) return
    packet.streamIndex = index
    if (order === 'interleaved') {
      check(this.#context.interleavedWriteFrameSync(packet), 'writing a packet')
    } else {
      check(this.#context.writeFrameSync(packet), 'writing a packet')
      packet.unref()
    }
  }

  /** Writes the end and returns all bytes. */
  finish(): Buffer {
    check(this.#context.writeTrailerSync(), 'writing the end')
    this.#finished = true
    return this.#writer.take()
  }

  [Symbol.dispose](): void {
    for (const stripper of this.#strippers.values()) stripper[Symbol.dispose]()
    this.#context.pb = null // the writer outlives the muxer
    this.#context.freeContext()
    if (!this.#finished) this.#writer.discard()
  }

  #add(timeBase: Rational): Stream {
    const stream = this.#context.newStream(null)
    stream.timeBase = timeBase
    this.#streams.push(stream)
    return stream
  }
}
