import { Decoder } from '../native/decoder.ts'
import { Demuxer, type InputStream } from '../native/demuxer.ts'
import { FilterChain } from '../native/filter-chain.ts'
import { type Frame, newFrame, NO_TIME, type Packet } from '../native/media-data.ts'
import { hasPictures } from '../native/media-info.ts'
import type { MemoryReader } from '../native/memory-io.ts'
import { type Examination, PORTRAIT_SIDE } from './examination.ts'

/** Memory that a worker lends to each examination. */
export interface Scratch {
  readonly reader: MemoryReader
  readonly packet: Packet
  readonly frame: Frame
}

const NO_VIDEO: Examination = {
  codec: '',
  width: 0,
  height: 0,
  frames: 0,
  startMs: undefined,
  spanMs: 0,
  portrait: undefined,
}

/** Counts the pictures and decodes the first one, see `Examination`. Throws `LP_MEDIA_INVALID`. */
export function examine(bytes: Uint8Array, { reader, packet, frame }: Scratch): Examination {
  using demuxer = new Demuxer(reader, bytes)
  const { video } = demuxer
  if (!video || !hasPictures(video)) return NO_VIDEO
  using painter = new Painter(video, frame)
  const times: number[] = []
  let frames = 0
  for (let stream = demuxer.read(packet); stream; stream = demuxer.read(packet)) {
    if (stream === video) {
      frames++
      if (packet.pts !== NO_TIME) times.push(inMs(packet.pts, video))
      painter.take(packet)
    }
    packet.unref()
  }
  painter.take(null)
  const startMs = times.length > 0 ? Math.min(...times) : undefined
  const { width, height } = video.parameters
  const spanMs = startMs === undefined ? 0 : Math.max(...times) - startMs
  return { codec: video.codec, width, height, frames, startMs, spanMs, portrait: painter.portrait }
}

/** Decodes until there is a picture, then no more. */
class Painter implements Disposable {
  portrait: Uint8Array | undefined
  readonly #decoder: Decoder

  constructor(video: InputStream, frame: Frame) {
    this.#decoder = new Decoder(video, frame, { threads: 1 })
  }

  /** `null` for the end. */
  take(packet: Packet | null): void {
    if (this.portrait) return
    this.#decoder.decode(packet, (frame) => {
      this.portrait ??= paint(frame, this.#decoder)
    })
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]()
  }
}

function paint(frame: Frame, { timeBase }: Decoder): Uint8Array {
  const filters = `scale=${PORTRAIT_SIDE}:${PORTRAIT_SIDE}:flags=area,format=gray`
  using chain = new FilterChain({ filters, frame, timeBase, threads: 1 })
  using small = newFrame()
  chain.push(frame)
  chain.push(null)
  if (!chain.pull(small)) return new Uint8Array()
  const plane = small.data?.[0] ?? new Uint8Array()
  const stride = small.linesize[0] ?? PORTRAIT_SIDE
  const rows = Array.from({ length: PORTRAIT_SIDE }, (_, y) => plane.subarray(y * stride, y * stride + PORTRAIT_SIDE))
  return new Uint8Array(Buffer.concat(rows))
}

function inMs(time: bigint, { timeBase }: InputStream): number {
  return (Number(time) * 1000 * timeBase.num) / timeBase.den
}
