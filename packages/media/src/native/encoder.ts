import {
  AV_CHANNEL_ORDER_NATIVE,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_CUDA,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLTP,
} from 'node-av/constants'
import { Codec, CodecContext } from 'node-av/lib'
import { check, type Failure, outcome, required } from './errors.ts'
import type { PictureFormat } from './filter-chain.ts'
import { type Frame, type Packet, Rational } from './media-data.ts'

const FAILURE: Failure = { code: 'LP_ENCODER_OPEN', kind: 'environment' }

export type VideoEncoderName = 'libx264' | 'h264_nvenc'

export interface VideoEncoderInit {
  readonly codec: VideoEncoderName
  readonly picture: PictureFormat
  /** Unit of the frames' pts. */
  readonly timeBase: Rational
  /** For rate control; 0/x where unknown. */
  readonly frameRate: Rational
  /** The codec's own options by name, as `preset`, `b`, `bf`. */
  readonly options: Readonly<Record<string, string>>
  /** Parameter sets once in front, as MP4 wants it, and not before each key frame. */
  readonly globalHeader?: boolean
  /** A frame out of the chain in front, where frames stay on a card; else frames are yuv420p in memory. */
  readonly hardwareFrame?: Frame
}

/** A codec that turns frames into packets. */
export class Encoder implements Disposable {
  /** For the muxer only. */
  readonly context: CodecContext

  private constructor(context: CodecContext) {
    this.context = context
  }

  /** Throws `LP_ENCODER_OPEN`; for a card's encoder FFmpeg's log says why (node-av.md §9). */
  static video(init: VideoEncoderInit): Encoder {
    return Encoder.#open(init.codec, init.options, (context) => {
      context.width = init.picture.width
      context.height = init.picture.height
      context.pixelFormat = AV_PIX_FMT_YUV420P
      context.timeBase = init.timeBase
      if (init.frameRate.num > 0) context.framerate = init.frameRate
      context.sampleAspectRatio = init.picture.sampleAspectRatio
      context.colorRange = init.picture.colorRange as CodecContext['colorRange']
      context.colorSpace = init.picture.colorSpace as CodecContext['colorSpace']
      if (init.globalHeader) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
      if (init.hardwareFrame) useCard(context, init.hardwareFrame)
    })
  }

  /** AAC, stereo, planar floats in. */
  static aac(init: { sampleRate: number; bitrate: number; globalHeader: boolean }): Encoder {
    return Encoder.#open('aac', { b: String(init.bitrate) }, (context) => {
      context.sampleRate = init.sampleRate
      context.sampleFormat = AV_SAMPLE_FMT_FLTP
      context.channelLayout = { nbChannels: 2, order: AV_CHANNEL_ORDER_NATIVE, mask: 3n }
      context.timeBase = new Rational(1, init.sampleRate)
      if (init.globalHeader) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
    })
  }

  static #open(
    name: VideoEncoderName | 'aac',
    options: Readonly<Record<string, string>>,
    prepare: (context: CodecContext) => void,
  ): Encoder {
    const codec = required(Codec.findEncoderByName(name as never), name, 'Encoder not found')
    const context = new CodecContext()
    context.allocContext3(codec)
    try {
      prepare(context)
      // One by one: a dictionary given to open2 is freed twice.
      for (const [key, value] of Object.entries(options))
        check(context.setOption(key, value), `${name} ${key}=${value}`)
      check(context.open2Sync(codec, null), `opening ${name}`, FAILURE)
      return new Encoder(context)
    } catch (error) {
      context.freeContext()
      throw error
    }
  }

  get timeBase(): Rational {
    return this.context.timeBase
  }

  /** `null` is the end. `key` asks for a key frame; a kind that the decoder left in the frame counts for nothing. */
  send(frame: Frame | null, key = false): void {
    if (frame) frame.pictType = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
    check(this.context.sendFrameSync(frame), 'encoding')
  }

  /** True: `packet` holds the next one, yours to `unref()`. */
  receive(packet: Packet): boolean {
    return outcome(this.context.receivePacketSync(packet), 'encoding') === 'got'
  }

  /** After the end was sent: ready for more. Cards' encoders only: libx264 refuses frames from then on. */
  restart(): void {
    this.context.flushBuffers()
  }

  [Symbol.dispose](): void {
    this.context.freeContext()
  }
}

function useCard(context: CodecContext, frame: Frame): void {
  const frames = required(frame.hwFramesCtx, 'frames on the card', 'Invalid argument')
  context.pixelFormat = AV_PIX_FMT_CUDA
  context.hwFramesCtx = frames
  context.hwDeviceCtx = frames.deviceRef
}
