import {
  type Clock,
  type CloseReason,
  type LivepeerError,
  type Logger,
  type PacketSink,
  type Publication,
  type PublishedSegment,
  type Publisher,
  type Segment,
  type SegmentReport,
  type SegmentSink,
  type Stream,
  toLivepeerError,
} from '@livepeer-node/sdk'
import { noSegmenter } from './errors.ts'
import { OncePackets } from './once-packets.ts'
import { Pipeline, type PipelineParts } from './pipeline.ts'
import { Publishers } from './publishers.ts'
import type { PooledSession } from './session-roster.ts'

/** What the stream needs of the node and of its sessions. */
export interface LiveStreamParts extends Pick<PipelineParts, 'maxInFlight' | 'received' | 'transcode'> {
  readonly clock: Clock
  readonly log: Logger
  /** `segment.reported`. */
  readonly reported: (report: SegmentReport) => void
  /** `segment.open`. */
  readonly openSegmenter: (stream: Stream, sink: SegmentSink) => PacketSink | undefined
  /** `publish.open`. */
  readonly openPublishers: (stream: Stream) => Promise<readonly Publisher[]>
  readonly opened: (stream: Stream) => Promise<void>
  readonly closed: (stream: Stream, reason: CloseReason) => Promise<void>
  /** Searches for orchestrators from now on. */
  readonly openSessions: () => void
  readonly closeSessions: () => void
  readonly sessions: () => readonly PooledSession[]
}

/** One stream, from its publisher's arrival until its last segment is shown. */
export class LiveStream {
  readonly stream: Stream
  readonly #parts: LiveStreamParts
  readonly #pipeline: Pipeline
  readonly #abort = new AbortController()
  readonly #closed = Promise.withResolvers<void>()
  #packets: PacketSink | undefined
  #publishers: Publishers
  #closing: Promise<void> | undefined
  #playable = false

  constructor(stream: Stream, parts: LiveStreamParts) {
    this.stream = stream
    this.#parts = parts
    const { clock, log, maxInFlight, received, transcode, reported } = parts
    this.#publishers = new Publishers([], { clock, log })
    const publish = (segment: PublishedSegment) => this.#publish(segment)
    const told: PipelineParts['reported'] = (report, failure) => {
      this.#log(report, failure)
      reported(report)
    }
    const { ladder } = stream
    this.#pipeline = new Pipeline({ clock, ladder, maxInFlight, received, transcode, publish, reported: told })
  }

  /** Settles when nothing of the stream is left to do. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  get closing(): boolean {
    return this.#closing !== undefined
  }

  /** Opens all that the stream needs. Throws `LP_NO_SEGMENTER`; nothing is left open then. */
  async open(): Promise<Publication> {
    const { clock, log, openSegmenter, openPublishers, openSessions, opened } = this.#parts
    try {
      openSessions()
      const packets = openSegmenter(this.stream, this.#sink())
      if (!packets) throw noSegmenter()
      this.#packets = new OncePackets(packets)
      this.#publishers = new Publishers(await openPublishers(this.stream), { clock, log })
      await opened(this.stream)
      // It may have been ended meanwhile: by a drain, or by its segmenter.
      this.#abort.signal.throwIfAborted()
      log.info('stream opened', { protocol: this.stream.protocol, ladder: this.stream.ladder.map(({ name }) => name) })
      return this.#publication(this.#packets)
    } catch (thrown) {
      await this.#fail()
      throw thrown
    }
  }

  /** Ends the stream: the publisher is told by its signal, what it sent is published first. */
  end(error: LivepeerError, reason: CloseReason): Promise<void> {
    const closed = this.close(reason)
    this.#abort.abort(error)
    return closed
  }

  /** The publisher is gone. Resolves when its last segment is shown. */
  close(reason: CloseReason): Promise<void> {
    this.#closing ??= this.#close(reason)
    return this.#closing
  }

  /** Waits for no orchestrator any more. */
  giveUp(error: LivepeerError): void {
    this.#pipeline.giveUp(error)
  }

  /** Ends at once, whatever is under way. */
  abandon(error: LivepeerError): void {
    this.#abort.abort(error)
    this.giveUp(error)
    this.#parts.closeSessions()
    void this.#abortPackets()
  }

  status(): Record<string, unknown> {
    const { id, protocol, startedAt, ladder } = this.stream
    const names = ladder.map(({ name }) => name)
    return { id, protocol, startedAt, ladder: names, ...this.#pipeline.stats, orchestrators: this.#parts.sessions() }
  }

  #sink(): SegmentSink {
    return {
      segment: (segment: Segment) => this.#pipeline.push(segment),
      failed: (error: LivepeerError) => {
        this.#parts.log.error('segmenter gave up', { code: error.code, reason: error.message })
        void this.end(error, 'failed')
      },
    }
  }

  #publication(packets: PacketSink): Publication {
    return {
      stream: this.stream,
      signal: this.#abort.signal,
      packets,
      close: (reason) => this.close(reason),
    }
  }

  async #close(reason: CloseReason): Promise<void> {
    const { log, closeSessions, closed } = this.#parts
    try {
      await this.#packets?.end()
    } catch (thrown) {
      const { code, message } = toLivepeerError(thrown)
      log.error('segmenter failed at the end', { code, reason: message })
    }
    await this.#pipeline.idle()
    closeSessions()
    await this.#publishers.end(reason)
    log.info('stream closed', { reason, ...this.#pipeline.stats })
    await closed(this.stream, reason)
    this.#closed.resolve()
  }

  async #fail(): Promise<void> {
    this.#closing ??= Promise.resolve()
    this.#parts.closeSessions()
    await this.#abortPackets()
    await this.#publishers.end('refused')
    this.#closed.resolve()
  }

  async #abortPackets(): Promise<void> {
    try {
      await this.#packets?.abort()
    } catch (thrown) {
      const { code, message: reason } = toLivepeerError(thrown)
      this.#parts.log.error('segmenter failed at the end', { code, reason })
    }
  }

  async #publish(segment: PublishedSegment): Promise<void> {
    await this.#publishers.publish(segment)
    if (this.#playable) return
    this.#playable = true
    const { clock, log } = this.#parts
    log.info('first segment playable', { seq: segment.seq, afterMs: Math.round(clock.now() - this.stream.startedAt) })
  }

  #log({ seq, latencyMs, missing, attempts }: SegmentReport, failure: LivepeerError | undefined): void {
    const { log } = this.#parts
    if (!failure) return log.debug('segment published', { seq, latencyMs, attempts })
    const { code, message: reason } = failure
    log.warn('renditions missing', { seq, missing, latencyMs, code, reason, attempts })
  }
}
