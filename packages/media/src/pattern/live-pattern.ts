import { setTimeout as delay } from 'node:timers/promises'
import { Encoder } from '../native/encoder.ts'
import { SourceChain } from '../native/filter-chain.ts'
import { type Frame, newFrame, newPacket, type Packet, Rational } from '../native/media-data.ts'
import { NetworkMuxer } from '../native/network-muxer.ts'
import type { PatternOptions } from './options.ts'

const SAMPLE_RATE = 48_000
const SAMPLES_PER_FRAME = 1024
const AUDIO_BITRATE = 128_000
const TONE_HZ = 440

interface Track {
  readonly source: SourceChain
  readonly encoder: Encoder
  /** In the muxer. */
  readonly index: number
  readonly framesPerSecond: number
  made: number
}

/** A moving picture with a burned-in clock and a tone, pushed over RTMP in real time (node-av.md §10). */
export class LivePattern implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack()
  readonly #muxer: NetworkMuxer
  readonly #tracks: readonly Track[]
  readonly #frame: Frame
  readonly #packet: Packet
  #stopped = false

  constructor(url: string, options: PatternOptions) {
    this.#muxer = this.#stack.use(new NetworkMuxer(url))
    this.#frame = this.#stack.use(newFrame())
    this.#packet = this.#stack.use(newPacket())
    this.#tracks = [this.#videoTrack(options), this.#audioTrack()]
  }

  /** Resolves when the stream was ended by `stop`; rejects with `LP_PUSH_FAILED` when the peer is not there or goes away. */
  async run(): Promise<void> {
    await this.#muxer.start()
    const start = performance.now()
    while (!this.#stopped) {
      const track = this.#tracks.toSorted((a, b) => dueMs(a) - dueMs(b))[0]
      if (!track) return
      const early = start + dueMs(track) - performance.now()
      if (early > 0) await delay(early)
      await this.#step(track)
    }
    for (const track of this.#tracks) {
      track.encoder.send(null)
      await this.#drain(track)
    }
    await this.#muxer.finish()
  }

  /** Ends the stream in order, at the next frame. */
  stop(): void {
    this.#stopped = true
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync()
  }

  async #step(track: Track): Promise<void> {
    track.source.pull(this.#frame)
    track.encoder.send(this.#frame)
    this.#frame.unref()
    track.made++
    await this.#drain(track)
  }

  async #drain(track: Track): Promise<void> {
    while (track.encoder.receive(this.#packet)) {
      await this.#muxer.write(this.#packet, track.index, track.encoder.timeBase)
      this.#packet.unref()
    }
  }

  #videoTrack({ width, height, fps, bitrate, gopMs }: PatternOptions): Track {
    const source = this.#stack.use(new SourceChain(`testsrc2=s=${width}x${height}:r=${fps},format=yuv420p`, 'video'))
    const rate = String(bitrate)
    const encoder = this.#stack.use(
      Encoder.video({
        codec: 'libx264',
        picture: {
          width,
          height,
          timeBase: source.timeBase,
          sampleAspectRatio: new Rational(1, 1),
          colorRange: 0,
          colorSpace: 2,
        },
        timeBase: new Rational(1, fps),
        frameRate: new Rational(fps, 1),
        globalHeader: true,
        options: {
          preset: 'ultrafast',
          tune: 'zerolatency',
          g: String(Math.max(1, Math.round((gopMs * fps) / 1000))),
          sc_threshold: '0',
          b: rate,
          maxrate: rate,
          bufsize: rate,
        },
      }),
    )
    return { source, encoder, index: this.#muxer.addEncoded(encoder), framesPerSecond: fps, made: 0 }
  }

  #audioTrack(): Track {
    const filters = `sine=f=${TONE_HZ}:r=${SAMPLE_RATE},aformat=sample_fmts=fltp:channel_layouts=stereo,asetnsamples=n=${SAMPLES_PER_FRAME}`
    const source = this.#stack.use(new SourceChain(filters, 'audio'))
    const encoder = this.#stack.use(
      Encoder.aac({ sampleRate: SAMPLE_RATE, bitrate: AUDIO_BITRATE, globalHeader: true }),
    )
    const framesPerSecond = SAMPLE_RATE / SAMPLES_PER_FRAME
    return { source, encoder, index: this.#muxer.addEncoded(encoder), framesPerSecond, made: 0 }
  }
}

/** When the track's next frame is due, ms after the start. */
function dueMs({ made, framesPerSecond }: Track): number {
  return (made * 1000) / framesPerSecond
}
