import { LivepeerError } from '@livepeer-node/sdk'
import { AVERROR_EOF } from 'node-av/constants'
import { Codec, CodecContext } from 'node-av/lib'
import type { CudaDevice } from './cuda.ts'
import type { InputStream } from './demuxer.ts'
import { check, isAgain, required } from './errors.ts'
import { type Frame, NO_TIME, type Packet, type Rational } from './media-data.ts'

const CODECS = ['h264', 'hevc', 'vp8', 'vp9']

export interface DecoderOptions {
  /** 0 = as many as there are cores. */
  readonly threads?: number
  /** Decode on this card; frames stay in its memory. */
  readonly device?: CudaDevice
}

/** Decodes the video of one input. Damaged packets are skipped and counted, not fatal. */
export class Decoder implements Disposable {
  readonly timeBase: Rational
  /** What the bit stream says, else what the container says; 0/x where unknown. */
  readonly frameRate: Rational
  /** Packets that could not be decoded. */
  errors = 0
  readonly #context = new CodecContext()
  readonly #frame: Frame
  #last: bigint | undefined

  /** `frame` is lent to the callbacks of `decode` and `drain`; it stays the caller's to dispose. */
  constructor(stream: InputStream, frame: Frame, options: DecoderOptions = {}) {
    this.timeBase = stream.timeBase
    this.#frame = frame
    const codec = required(Codec.findDecoder(stream.parameters.codecId), stream.codec, 'Decoder not found')
    this.#context.allocContext3(codec)
    try {
      check(this.#context.parametersToContext(stream.parameters), 'taking the stream’s parameters')
      this.#context.pktTimebase = stream.timeBase
      this.#context.threadCount = options.threads ?? 0
      options.device?.attachDecoder(this.#context)
      check(this.#context.open2Sync(codec, null), 'opening the decoder')
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
    const coded = this.#context.framerate
    this.frameRate = coded.num > 0 ? coded : stream.frameRate
  }

  /** Feeds one packet, `null` for the end; calls back for each frame. The frame's pts is set and always rises. */
  decode(packet: Packet | null, onFrame: (frame: Frame) => void): void {
    let sent = this.#context.sendPacketSync(packet)
    if (isAgain(sent)) {
      this.#receive(onFrame)
      sent = this.#context.sendPacketSync(packet)
    }
    if (sent < 0 && packet !== null) this.errors++
    this.#receive(onFrame)
  }

  /** After the end was fed: ready for another input of the same kind. */
  restart(): void {
    this.#context.flushBuffers()
    this.#last = undefined
  }

  [Symbol.dispose](): void {
    this.#context.freeContext()
  }

  #receive(onFrame: (frame: Frame) => void): void {
    // Each failed call consumed a packet, so the loop ends.
    for (;;) {
      const result = this.#context.receiveFrameSync(this.#frame)
      if (isAgain(result) || result === AVERROR_EOF) return
      if (result < 0) {
        this.errors++
        continue
      }
      this.#stamp(this.#frame)
      try {
        onFrame(this.#frame)
      } finally {
        this.#frame.unref()
      }
    }
  }

  /** A frame without a time, or one that goes back, gets the next possible time (media.md §6.6). */
  #stamp(frame: Frame): void {
    const known = frame.pts !== NO_TIME ? frame.pts : frame.bestEffortTimestamp
    const last = this.#last
    let pts = known
    if (known === NO_TIME) pts = last === undefined ? 0n : last + this.#step(frame)
    if (last !== undefined && pts <= last) pts = last + (known === NO_TIME ? this.#step(frame) : 1n)
    if (pts !== frame.pts) frame.pts = pts
    if (last !== undefined && this.#isUnknown(frame.duration)) frame.duration = this.#lasting(pts - last)
    this.#last = pts
  }

  /** A variable frame rate leaves one tick as duration; a fixed-rate filter would then drop the last frame of a segment. */
  #isUnknown(duration: bigint): boolean {
    return Number(duration) * this.timeBase.num * 1000 < this.timeBase.den
  }

  /** As long as the frame before it, 100 ms at most. */
  #lasting(before: bigint): bigint {
    const limit = BigInt(Math.round(this.timeBase.den / (10 * this.timeBase.num)))
    return before < limit ? before : limit
  }

  #step(frame: Frame): bigint {
    if (frame.duration > 0n) return frame.duration
    const { num, den } = this.frameRate
    if (num <= 0) return 1n
    return BigInt(Math.max(1, Math.round((this.timeBase.den * den) / (num * this.timeBase.num))))
  }
}

/** Throws `LP_CODEC_UNSUPPORTED` for video that is in none of the codecs of the network. */
export function checkCodec({ codec }: InputStream): void {
  if (CODECS.includes(codec)) return
  throw new LivepeerError({
    code: 'LP_CODEC_UNSUPPORTED',
    kind: 'input',
    message: `Video in ${codec || 'an unknown codec'} cannot be transcoded.`,
    observed: codec,
    limit: CODECS,
    remedy: 'Send H.264.',
    wireText: 'Unsupported input codec',
  })
}
