import type { Profile } from '@livepeer-node/sdk'
import { Encoder } from '../native/encoder.ts'
import { FilterChain } from '../native/filter-chain.ts'
import { type Frame, type Packet, Rational } from '../native/media-data.ts'
import { wantsGlobalHeader } from '../native/muxer.ts'
import { encoderOptions } from './encoder-options.ts'
import { outputSize, type Size } from './size.ts'
import { KeyFramePlan, PassthroughTicks } from './timing.ts'
import type { EncoderSettings } from './types.ts'

/** What a rendition has to know of its source. */
export interface SourcePicture {
  readonly timeBase: Rational
  /** 0/x where unknown. */
  readonly frameRate: Rational
}

export interface VideoPipeInit {
  readonly profile: Profile
  readonly settings: EncoderSettings
  readonly source: SourcePicture
  /** The first frame; those that follow have its size and format. */
  readonly frame: Frame
  readonly globalHeader: boolean
  /** For frames between filter and encoder, and for packets out of the encoder; lent. */
  readonly scratch: { readonly frame: Frame; readonly packet: Packet }
  /** Gives the last frame even where a fixed frame rate leaves no room for it. */
  readonly keepLast?: boolean
  /** Just before an encoder is opened. */
  readonly onOpening?: () => void
  /** A packet whose times are in units of `timeBase`. */
  readonly onPacket: (packet: Packet, timeBase: Rational) => void
}

/** Scales and encodes the frames of one size into one rendition. */
export class VideoPipe implements Disposable {
  readonly size: Size
  /** Frames that went into the encoder. */
  frames = 0
  readonly #init: VideoPipeInit
  readonly #chain: FilterChain
  readonly #timeBase: Rational
  readonly #keys: KeyFramePlan
  readonly #ticks: PassthroughTicks | undefined
  #encoder: Encoder | undefined

  constructor(init: VideoPipeInit) {
    const { profile, source, frame, settings } = init
    this.#init = init
    this.size = outputSize(profile, frame)
    const threads = settings.kind === 'x264' ? settings.threads : undefined
    const filters = filterLine(init, this.size)
    this.#chain = new FilterChain({ filters, frame, timeBase: source.timeBase, ...(threads && { threads }) })
    this.#timeBase = this.#chain.format.timeBase
    this.#keys = new KeyFramePlan(profile.fps === 0 ? Math.max(0, profile.gopMs) : 0, this.#timeBase)
    const passthrough = profile.fps === 0 && source.frameRate.num > 0
    this.#ticks = passthrough ? new PassthroughTicks(this.#timeBase, source.frameRate) : undefined
  }

  /** Opened with the first frame that comes out of the filters. */
  get encoder(): Encoder | undefined {
    return this.#encoder
  }

  /** Before the first frame, on a card: uses an encoder that was opened for the same size, and owns it from now on. */
  adopt(encoder: Encoder): void {
    this.#encoder = encoder
  }

  push(frame: Frame): void {
    this.#chain.push(frame)
    this.#encode()
  }

  /** No frame follows: what filters and encoder hold comes out. */
  finish(): void {
    this.#chain.push(null)
    this.#encode()
    if (this.frames === 0) return
    this.#encoder?.send(null)
    this.#drain()
  }

  /** False for an encoder that puts its parameter sets where a new output's head would want them. */
  get reusable(): boolean {
    return this.#init.globalHeader === wantsGlobalHeader(this.#init.profile.format)
  }

  /** After `finish`, on a card: the encoder, ready for more, as the caller's own. */
  releaseEncoder(): Encoder | undefined {
    const encoder = this.#encoder
    if (this.frames > 0) encoder?.restart()
    this.#encoder = undefined
    return encoder
  }

  [Symbol.dispose](): void {
    this.#chain[Symbol.dispose]()
    this.#encoder?.[Symbol.dispose]()
    this.#encoder = undefined
  }

  #encode(): void {
    const { frame } = this.#init.scratch
    while (this.#chain.pull(frame)) {
      try {
        this.#encoder ??= this.#open(frame)
        const key = this.#keys.isKey(frame.pts)
        this.#ticks?.enter(frame)
        this.#encoder.send(frame, key)
        this.frames++
      } finally {
        frame.unref()
      }
      this.#drain()
    }
  }

  #drain(): void {
    const { scratch, onPacket } = this.#init
    const encoder = this.#encoder
    while (encoder?.receive(scratch.packet)) {
      this.#ticks?.leave(scratch.packet)
      onPacket(scratch.packet, this.#ticks ? this.#timeBase : encoder.timeBase)
    }
  }

  #open(frame: Frame): Encoder {
    const { profile, settings, source, globalHeader, onOpening } = this.#init
    onOpening?.()
    return Encoder.video({
      codec: settings.kind === 'x264' ? 'libx264' : 'h264_nvenc',
      picture: this.#chain.format,
      timeBase: this.#ticks?.unit ?? this.#timeBase,
      frameRate: profile.fps > 0 ? new Rational(profile.fps, profile.fpsDen || 1) : source.frameRate,
      options: encoderOptions(profile, settings),
      globalHeader,
      ...(settings.kind === 'nvenc' && { hardwareFrame: frame }),
    })
  }
}

/** The frame rate comes after the size: far-apart times would otherwise make many frames to scale (media.md §6.3). */
function filterLine({ profile, settings, keepLast }: VideoPipeInit, { width, height }: Size): string {
  const scale =
    settings.kind === 'x264'
      ? `scale=${width}:${height}:flags=bicubic,format=yuv420p`
      : `scale_cuda=${width}:${height}:interp_algo=bicubic:format=yuv420p`
  if (profile.fps === 0) return scale
  return `${scale},fps=${profile.fps}/${profile.fpsDen || 1}${keepLast ? ':eof_action=pass' : ''}`
}
