import { FormatContext, type Stream } from 'node-av/lib'
import type { Encoder } from './encoder.ts'
import { check, type Failure } from './errors.ts'
import type { Packet, Rational } from './media-data.ts'

const FAILURE: Failure = { code: 'LP_PUSH_FAILED', kind: 'peer' }

/** Pushes a live stream to an address, as FLV over RTMP. Its calls wait for the network, so they are asynchronous. */
export class NetworkMuxer implements AsyncDisposable {
  readonly #context = new FormatContext()
  readonly #streams: Stream[] = []
  #opened = false

  constructor(url: string) {
    check(this.#context.allocOutputContext2(null, 'flv', url), 'opening flv')
  }

  /** A stream out of an encoder that was opened with `globalHeader`. Returns its index for `write`. */
  addEncoded(encoder: Encoder): number {
    const stream = this.#context.newStream(null)
    stream.timeBase = encoder.timeBase
    check(stream.codecpar.fromContext(encoder.context), 'describing the stream')
    this.#streams.push(stream)
    return stream.index
  }

  /** Connects and writes the head. Rejects with `LP_PUSH_FAILED`. */
  async start(): Promise<void> {
    check(await this.#context.openOutput(), 'connecting', FAILURE)
    this.#opened = true
    check(await this.#context.writeHeader(null), 'writing the head', FAILURE)
  }

  /** Sends one packet whose times are in units of `from`. Rejects with `LP_PUSH_FAILED` when the peer is gone. */
  async write(packet: Packet, index: number, from: Rational): Promise<void> {
    const stream = this.#streams[index]
    if (!stream) throw new RangeError(`stream ${index} of ${this.#streams.length}`)
    packet.streamIndex = index
    packet.rescaleTs(from, stream.timeBase)
    check(await this.#context.interleavedWriteFrame(packet), 'sending a packet', FAILURE)
  }

  /** Ends the stream in order. */
  async finish(): Promise<void> {
    check(await this.#context.writeTrailer(), 'writing the end', FAILURE)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#opened) await this.#context.closeOutput()
    this.#context.freeContext()
  }
}
