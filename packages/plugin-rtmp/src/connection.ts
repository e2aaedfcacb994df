import type { Socket } from 'node:net'
import {
  toLivepeerError,
  type Clock,
  type CloseReason,
  type LivepeerError,
  type Logger,
  type MediaPacket,
  type Publication,
  type PublishRequest,
} from '@livepeer-node/sdk'
import { checkCodec } from './codec.ts'
import { frozen, neverPublished, stalled } from './errors.ts'
import { Feed, type FeedLimits } from './feed.ts'
import type { WireLimits } from './guard.ts'
import { publishRequest, type PublishCommand } from './publish-url.ts'
import { RtmpWire } from './wire.ts'

export interface ConnectionLimits extends WireLimits, FeedLimits {
  /** Longest time without media, and longest time from connecting to publishing, ms. */
  readonly idleTimeoutMs: number
}

export interface ConnectionParts {
  /** Answers with the publication, or rejects with the refusal. */
  readonly publish: (request: PublishRequest) => Promise<Publication>
  readonly limits: ConnectionLimits
  readonly clock: Clock
  readonly log: Logger
}

/** How long a refused client gets to read the reason, ms. */
const FAREWELL_MS = 2000

/** One client: from its TCP connection to the end of the stream that it published. */
export class RtmpConnection {
  readonly #socket: Socket
  readonly #parts: ConnectionParts
  readonly #wire: RtmpWire
  readonly #feed: Feed
  readonly #ended = Promise.withResolvers<void>()
  #log: Logger
  #publication: Publication | undefined
  #asking = false
  /** Set once: what it ended with. */
  #end: { reason: CloseReason; error: LivepeerError | undefined } | undefined
  #cancelTimer: () => void
  #lastMediaAt = 0

  constructor(socket: Socket, parts: ConnectionParts) {
    this.#socket = socket
    this.#parts = parts
    const remote = `${socket.remoteAddress}:${socket.remotePort}`
    this.#log = parts.log.child({ remote })
    this.#feed = new Feed(socket, parts.limits, {
      clock: parts.clock,
      onStall: () => this.#finish('stalled', stalled(parts.limits.stallTimeoutMs)),
    })
    this.#wire = new RtmpWire(socket, parts.limits, {
      publish: (command) => this.#onPublish(command, remote),
      media: (packet) => this.#onMedia(packet),
      unpublish: () => this.#finish('ended'),
      violation: (error) => this.#finish('failed', error),
    })
    const { idleTimeoutMs } = parts.limits
    this.#cancelTimer = parts.clock.after(idleTimeoutMs, () => this.#finish('refused', neverPublished(idleTimeoutMs)))
    socket.once('close', () => this.#finish('lost'))
  }

  /** Resolves when the socket is closed and the stream, if there was one, is over to its last segment. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Lets the client go. */
  close(reason: CloseReason, error?: LivepeerError): void {
    this.#finish(reason, error)
  }

  #onPublish(command: PublishCommand, remote: string): void {
    this.#cancelTimer()
    this.#asking = true
    void this.#ask(command, remote)
  }

  async #ask(command: PublishCommand, remote: string): Promise<void> {
    let publication: Publication
    try {
      // Not logged: until somebody has authorised it, the whole path may be a stream key.
      publication = await this.#parts.publish(publishRequest(command, remote))
    } catch (thrown) {
      this.#asking = false
      if (this.#end) this.#ended.resolve()
      else this.#finish('refused', toLivepeerError(thrown))
      return
    }
    this.#asking = false
    this.#log = this.#log.child({ streamId: publication.stream.id })
    this.#publication = publication
    this.#feed.open(publication.packets)
    if (this.#end) return void this.#closePublication(this.#end.reason)
    this.#goLive(publication)
  }

  #goLive({ signal }: Publication): void {
    this.#log.info('A publisher came')
    this.#wire.start()
    const sendAway = () => {
      const error = toLivepeerError(signal.reason)
      this.#finish(error.code === 'LP_DRAINING' ? 'drained' : 'failed', error)
    }
    if (signal.aborted) return sendAway()
    signal.addEventListener('abort', sendAway, { once: true })
    void this.#ended.promise.then(() => signal.removeEventListener('abort', sendAway))
    this.#lastMediaAt = this.#parts.clock.monotonic()
    this.#watch()
  }

  #onMedia(packet: MediaPacket): void {
    if (this.#end) return
    checkCodec(packet)
    this.#lastMediaAt = this.#parts.clock.monotonic()
    this.#feed.write(packet)
  }

  /** Looks again when the publisher would be idle for too long; one timer per connection, not per packet. */
  #watch(): void {
    const { clock, limits } = this.#parts
    // While we make the publisher wait, its silence is our doing.
    if (this.#feed.waiting) this.#lastMediaAt = clock.monotonic()
    const left = this.#lastMediaAt + limits.idleTimeoutMs - clock.monotonic()
    if (left <= 0) return this.#finish('stalled', frozen(limits.idleTimeoutMs))
    this.#cancelTimer = clock.after(left, () => this.#watch())
  }

  #finish(reason: CloseReason, error?: LivepeerError): void {
    if (this.#end) return
    this.#end = { reason, error }
    this.#cancelTimer()
    this.#report(reason, error)
    if (error && !this.#socket.destroyed) this.#sayGoodbye(error)
    else {
      this.#wire.stop()
      this.#socket.destroy()
    }
    if (this.#publication) void this.#closePublication(reason)
    else if (!this.#asking) this.#ended.resolve()
  }

  /** What the client still sends is read and dropped: a socket that is closed on unread bytes takes our answer with it. */
  #sayGoodbye(error: LivepeerError): void {
    this.#wire.refuse(this.#publication ? 'NetStream.Failed' : 'NetStream.Publish.BadName', error)
    this.#parts.clock.after(FAREWELL_MS, () => this.#socket.destroy())
    this.#socket.end()
    this.#socket.resume()
  }

  async #closePublication(reason: CloseReason): Promise<void> {
    try {
      await this.#publication?.close(reason)
    } catch (thrown) {
      this.#log.error('The end of a stream failed', { error: toLivepeerError(thrown).toJSON() })
    } finally {
      this.#feed.close()
      this.#ended.resolve()
    }
  }

  #report(reason: CloseReason, error: LivepeerError | undefined): void {
    if (error) {
      const message = this.#publication ? 'A publisher was sent away' : 'A client was refused'
      this.#log.warn(message, { reason, code: error.code, why: error.message, remedy: error.remedy })
    } else if (this.#publication || this.#asking) this.#log.info('A publisher left', { reason })
  }
}
