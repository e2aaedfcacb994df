import type { Clock, MediaPacket, PacketSink } from '@livepeer-node/sdk'

export interface FeedLimits {
  /** Bytes kept while there is no sink. */
  readonly maxHeldBytes: number
  /** Longest wait for a full sink, ms. */
  readonly stallTimeoutMs: number
}

/** The part of a socket that back-pressure needs. */
export interface Source {
  pause(): void
  resume(): void
}

/**
 * Carries a publisher's packets to their sink: keeps them until there is one, then writes through, and makes the
 * source wait while the sink is full. Memory is bounded by stopping the source, never by dropping a packet.
 */
export class Feed {
  readonly #source: Source
  readonly #clock: Clock
  readonly #limits: FeedLimits
  readonly #onStall: () => void
  #held: MediaPacket[] = []
  #heldBytes = 0
  #sink: PacketSink | undefined
  #waiting = false
  #closed = false
  #cancelStall: (() => void) | undefined

  constructor(source: Source, limits: FeedLimits, parts: { clock: Clock; onStall: () => void }) {
    this.#source = source
    this.#limits = limits
    this.#clock = parts.clock
    this.#onStall = parts.onStall
  }

  /** True while the source is made to wait. */
  get waiting(): boolean {
    return this.#waiting
  }

  write(packet: MediaPacket): void {
    if (this.#closed) return
    if (this.#sink) return this.#pass(this.#sink, packet)
    this.#held.push(packet)
    this.#heldBytes += packet.data.byteLength
    if (this.#heldBytes > this.#limits.maxHeldBytes && !this.#waiting) {
      this.#waiting = true
      this.#source.pause()
    }
  }

  /** Gives the sink what was kept, and everything from now on. */
  open(sink: PacketSink): void {
    const wasWaiting = this.#waiting
    this.#waiting = false
    this.#sink = sink
    for (const packet of this.#held) this.#pass(sink, packet)
    this.#held = []
    this.#heldBytes = 0
    if (wasWaiting && !this.#waiting) this.#source.resume()
  }

  close(): void {
    this.#closed = true
    this.#held = []
    this.#cancelStall?.()
  }

  #pass(sink: PacketSink, packet: MediaPacket): void {
    // "Full" comes after the packet was taken: what a paused socket still delivers is written on without asking.
    if (sink.write(packet) || this.#waiting) return
    this.#waiting = true
    this.#source.pause()
    this.#cancelStall = this.#clock.after(this.#limits.stallTimeoutMs, () => {
      if (!this.#closed) this.#onStall()
    })
    void this.#resumeWhenReady(sink)
  }

  async #resumeWhenReady(sink: PacketSink): Promise<void> {
    await sink.ready().catch(() => undefined) // a sink that fails says so through its publication
    this.#cancelStall?.()
    this.#waiting = false
    if (!this.#closed) this.#source.resume()
  }
}
