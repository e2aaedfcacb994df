import type { MediaInfo, TranscodeSpec } from '@livepeer-node/sdk'
import { CudaDevice } from '../native/cuda.ts'
import { checkCodec, Decoder } from '../native/decoder.ts'
import { Demuxer, type InputStream } from '../native/demuxer.ts'
import { type Frame, newFrame, newPacket, NO_TIME, type Packet } from '../native/media-data.ts'
import { describeInput, hasPictures } from '../native/media-info.ts'
import { MemoryReader } from '../native/memory-io.ts'
import * as errors from './errors.ts'
import { EncoderReservation } from './reservation.ts'
import { Rendition, type SegmentSource } from './rendition.ts'
import type { EncoderSettings, SegmentAnswer } from './types.ts'

const CARD_PIXEL_FORMATS = ['yuv420p', 'yuvj420p']

/**
 * One session inside a worker: segments in, renditions out, one after the other. I/O contexts are kept; on the CPU all
 * else is opened for each segment (libx264 cannot go on after a drain), on a card decoder and encoders are kept too.
 */
export class SegmentTranscoder implements Disposable {
  readonly #settings: EncoderSettings
  readonly #beat: () => void
  readonly #stack = new DisposableStack()
  readonly #reader: MemoryReader
  readonly #frame: Frame
  readonly #last: Frame
  readonly #packet
  readonly #device: CudaDevice | undefined
  readonly #renditions: readonly Rendition[]
  #keptDecoder: { readonly decoder: Decoder; readonly stream: StreamIdentity } | undefined

  constructor(spec: TranscodeSpec, settings: EncoderSettings, beat: () => void) {
    this.#settings = settings
    this.#beat = beat
    const stack = this.#stack
    try {
      this.#device = settings.kind === 'nvenc' ? stack.use(new CudaDevice(settings.device)) : undefined
      const reservation =
        settings.kind === 'nvenc' ? stack.use(new EncoderReservation(spec.ladder.length, settings.device)) : undefined
      this.#reader = stack.use(new MemoryReader())
      this.#frame = stack.use(newFrame())
      this.#last = stack.use(newFrame())
      this.#packet = stack.use(newPacket())
      const onOpening = (): void => reservation?.releaseOne()
      this.#renditions = spec.ladder.map((profile) =>
        stack.use(new Rendition({ profile, settings, provider: spec.provider, beat, onOpening })),
      )
    } catch (error) {
      stack.dispose()
      throw error
    }
  }

  /** Throws an error whose `wireText` is what peers match; the next segment works all the same. */
  transcode(bytes: Uint8Array): Omit<SegmentAnswer, 'rssBytes'> {
    try {
      return this.#transcode(bytes)
    } catch (error) {
      this.#dropDecoder() // it may be in the middle of something
      throw error
    } finally {
      for (const rendition of this.#renditions) rendition.abandon()
      this.#packet.unref()
      this.#last.unref()
    }
  }

  [Symbol.dispose](): void {
    this.#dropDecoder()
    this.#stack.dispose()
  }

  #transcode(bytes: Uint8Array): Omit<SegmentAnswer, 'rssBytes'> {
    using demuxer = new Demuxer(this.#reader, bytes)
    const { info, video } = this.#admit(demuxer, bytes)
    const decoder = this.#decoderFor(video)
    const errorsBefore = decoder.errors
    const pass = new Pass(this.#renditions, { decoder, audio: demuxer.audio }, this.#last)
    const onFrame = (frame: Frame): void => {
      pass.frame(frame)
      this.#beat()
    }
    const packets = { all: 0, keys: 0 }
    for (let stream = demuxer.read(this.#packet); stream; stream = demuxer.read(this.#packet)) {
      if (stream === video) {
        packets.all++
        if (this.#packet.isKeyframe) packets.keys++
        decoder.decode(this.#packet, onFrame)
      } else {
        pass.audioPacket(this.#packet)
      }
      this.#packet.unref()
    }
    decoder.decode(null, onFrame)
    const decodeErrors = decoder.errors - errorsBefore
    if (packets.all > 0 && packets.keys === 0) throw errors.noKeyFrames(packets.all)
    if (pass.decodedFrames === 0) throw errors.undecodable(decodeErrors)
    const renditions = this.#renditions.map((rendition) => rendition.finish(this.#last))
    this.#keepOrDrop(decoder, video)
    const { decodedFrames, decodedPixels } = pass
    return { renditions, decodedFrames, decodedPixels, decodeErrors, source: info }
  }

  #admit(demuxer: Demuxer, bytes: Uint8Array): { info: MediaInfo; video: InputStream } {
    const { video } = demuxer
    if (!video) throw errors.noVideo()
    checkCodec(video)
    if (!hasPictures(video)) throw errors.noVideo()
    if (demuxer.durationMs >= (errors.MAX_SECONDS + 1) * 1000) throw errors.tooLong(demuxer.durationMs)
    const info = describeInput(demuxer, bytes)
    const pixelFormat = info.video?.pixelFormat ?? ''
    if (this.#device && !CARD_PIXEL_FORMATS.includes(pixelFormat)) throw errors.pixelFormatUnsupported(pixelFormat)
    return { info, video }
  }

  #decoderFor(video: InputStream): Decoder {
    const kept = this.#keptDecoder
    if (kept && sameStream(kept.stream, identify(video))) return kept.decoder
    this.#dropDecoder()
    const threads = this.#settings.kind === 'x264' ? this.#settings.threads : undefined
    const decoder = new Decoder(video, this.#frame, {
      ...(threads && { threads }),
      ...(this.#device && { device: this.#device }),
    })
    this.#keptDecoder = { decoder, stream: identify(video) }
    return decoder
  }

  #keepOrDrop(decoder: Decoder, video: InputStream): void {
    if (this.#device) {
      decoder.restart()
      this.#keptDecoder = { decoder, stream: identify(video) }
    } else {
      this.#dropDecoder()
    }
  }

  #dropDecoder(): void {
    this.#keptDecoder?.decoder[Symbol.dispose]()
    this.#keptDecoder = undefined
  }
}

/** One pass over a segment: hands frames and audio to the renditions, and counts. */
class Pass implements SegmentSource {
  readonly timeBase
  readonly frameRate
  readonly audio: InputStream | undefined
  decodedFrames = 0
  decodedPixels = 0
  readonly #renditions: readonly Rendition[]
  readonly #last: Frame
  #shape = ''

  constructor(
    renditions: readonly Rendition[],
    source: { decoder: Decoder; audio: InputStream | undefined },
    last: Frame,
  ) {
    this.#renditions = renditions
    this.#last = last
    this.timeBase = source.decoder.timeBase
    this.frameRate = source.decoder.frameRate
    this.audio = source.audio
    for (const rendition of renditions) rendition.begin(this)
  }

  frame(frame: Frame): void {
    this.decodedFrames++
    this.decodedPixels += frame.width * frame.height
    const shape = `${frame.width}x${frame.height}:${frame.format}`
    const changed = this.#shape !== '' && this.#shape !== shape
    this.#shape = shape
    this.#last.unref()
    this.#last.ref(frame)
    for (const rendition of this.#renditions) rendition.push(frame, changed)
  }

  audioPacket(packet: Packet): void {
    if (!isPlayable(packet)) return
    for (const rendition of this.#renditions) rendition.pushAudio(packet)
  }
}

/** Encoder delay in front of an MP4's start would move the whole output to later times. */
function isPlayable(packet: Packet): boolean {
  return packet.pts !== NO_TIME && packet.pts >= 0n
}

interface StreamIdentity {
  readonly codec: string
  readonly timeBase: string
  readonly extradata: Buffer | null
}

function identify(stream: InputStream): StreamIdentity {
  const { num, den } = stream.timeBase
  return { codec: stream.codec, timeBase: `${num}/${den}`, extradata: stream.parameters.extradata }
}

function sameStream(a: StreamIdentity, b: StreamIdentity): boolean {
  const sameHead = a.extradata && b.extradata ? a.extradata.equals(b.extradata) : a.extradata === b.extradata
  return a.codec === b.codec && a.timeBase === b.timeBase && sameHead
}
