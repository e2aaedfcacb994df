import { Muxer } from '../native/muxer.ts'
import { MILLISECONDS, type Packet } from '../native/media-data.ts'
import { StreamWriter } from '../native/memory-io.ts'
import { badHeader } from './errors.ts'
import type { Place } from './timeline.ts'

/** Decoder configurations of a stream's tracks. */
export interface TrackConfigs {
  /** AVCDecoderConfigurationRecord. */
  readonly video: Uint8Array
  readonly audio: { readonly config: Uint8Array; readonly sampleRate: number } | undefined
}

/** Output buffers for any number of streams: they are used again for ever, because they cannot be freed (node-av.md §2). */
export class WriterPool {
  #free: StreamWriter[] = []

  take(): StreamWriter {
    return this.#free.pop() ?? new StreamWriter()
  }

  give(writer: StreamWriter): void {
    this.#free.push(writer)
  }
}

/** One segment in the making: MPEG-TS, packets in the order of their arrival. */
export class SegmentWriter implements Disposable {
  readonly #pool: WriterPool
  readonly #writer: StreamWriter
  readonly #muxer: Muxer
  readonly #packet: Packet
  readonly #video: number
  readonly #audio: number | undefined

  /** `packet` is lent by the caller and empty again after each call. Throws `LP_SEGMENT_HEADER`. */
  constructor(tracks: TrackConfigs, pool: WriterPool, packet: Packet) {
    this.#pool = pool
    this.#packet = packet
    this.#writer = pool.take()
    this.#muxer = new Muxer(this.#writer, 'mpegts')
    try {
      this.#video = this.#muxer.addRaw({ codec: 'h264', extradata: tracks.video, timeBase: MILLISECONDS })
      this.#audio =
        tracks.audio &&
        this.#muxer.addRaw({
          codec: 'aac',
          extradata: tracks.audio.config,
          sampleRate: tracks.audio.sampleRate,
          timeBase: MILLISECONDS,
        })
      this.#muxer.start()
    } catch (error) {
      this[Symbol.dispose]()
      throw badHeader('video', 'the muxer refuses it', error)
    }
  }

  get hasAudio(): boolean {
    return this.#audio !== undefined
  }

  /** Throws what the muxer says about a damaged packet; the segment stays usable. */
  write(kind: 'video' | 'audio', data: Uint8Array, { dts, pts, key }: Place & { readonly key: boolean }): void {
    const index = kind === 'video' ? this.#video : this.#audio
    if (index === undefined) return
    const packet = this.#packet
    try {
      packet.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength) // copied by the setter
      packet.pts = BigInt(pts)
      packet.dts = BigInt(dts)
      packet.isKeyframe = key || kind === 'audio'
      this.#muxer.write(packet, index, 'arrival')
    } finally {
      packet.unref()
    }
  }

  /** All bytes. Dispose it afterwards. */
  finish(): Buffer {
    return this.#muxer.finish()
  }

  [Symbol.dispose](): void {
    this.#muxer[Symbol.dispose]()
    this.#pool.give(this.#writer)
  }
}
