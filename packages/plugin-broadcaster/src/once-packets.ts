import type { MediaPacket, PacketSink } from '@livepeer-node/sdk'

/** A segmenter's sink that ingest and broadcaster may both end: the first end or abort counts. */
export class OncePackets implements PacketSink {
  readonly #sink: PacketSink
  #over: Promise<void> | undefined

  constructor(sink: PacketSink) {
    this.#sink = sink
  }

  write(packet: MediaPacket): boolean {
    return this.#over === undefined ? this.#sink.write(packet) : true
  }

  ready(): Promise<void> {
    return this.#sink.ready()
  }

  end(): Promise<void> {
    this.#over ??= this.#sink.end()
    return this.#over
  }

  abort(): Promise<void> {
    this.#over ??= this.#sink.abort()
    return this.#over
  }
}
