import type { Socket } from 'node:net'
import { isLivepeerError, type LivepeerError, type MediaPacket } from '@livepeer-node/sdk'
import logger from 'node-media-server/src/core/logger.js'
import { decodeAmf0Cmd } from 'node-media-server/src/protocol/amf.js'
import type Rtmp from 'node-media-server/src/protocol/rtmp.js'
import RtmpSession from 'node-media-server/src/session/rtmp_session.js'
import { malformed, noPlayback, tooMuch } from './errors.ts'
import { guardParser, type WireLimits } from './guard.ts'
import { PacketMemory } from './packet-memory.ts'
import type { PublishCommand } from './publish-url.ts'

// The library prints to the console, stream names included; our own log lines say what is worth saying.
logger.log = () => {}

/** What a client does, once the bytes are understood. */
export interface WireEvents {
  publish(command: PublishCommand): void
  media(packet: MediaPacket): void
  /** The client says that its stream is over. */
  unpublish(): void
  /** The client broke a rule or a bound. Nothing follows. */
  violation(error: LivepeerError): void
}

const RTMP_VERSION = 3
const MAX_UNSENT_BYTES = 1024 * 1024

/**
 * One RTMP connection on the level of commands. Parsing and answering is node-media-server's session; here are the
 * bounds that it lacks, the commands that it ignores, and a copy of each packet. Nothing of the library's global state
 * (stream registry, event emitter, config) is touched.
 */
export class RtmpWire {
  readonly #socket: Socket
  readonly #rtmp: Rtmp
  readonly #events: WireEvents
  #connect: { tcUrl: string; app: string } | undefined
  #published = false
  #over = false
  #received = 0
  #acknowledged = 0

  constructor(socket: Socket, limits: WireLimits, events: WireEvents) {
    this.#socket = socket
    this.#events = events
    const session = new RtmpSession(socket)
    this.#rtmp = session.rtmp
    const memory = new PacketMemory()
    session.onData = (bytes) => this.#read(bytes)
    session.onOutput = (bytes) => this.#send(bytes)
    session.onPacket = (packet) => {
      if (packet.codec_type === 18 || packet.size === 0 || this.#over) return
      const kind = packet.codec_type === 9 ? 'video' : 'audio'
      // A copy: the parser reads the next message into the same buffer.
      const data = memory.copy(packet.data.subarray(0, packet.size))
      this.#events.media({ kind, timestampMs: packet.dts, data })
    }
    session.onClose = () => {}
    session.onError = () => {} // 'close' follows, and that is what counts
    guardParser(this.#rtmp, limits, () => this.#published)
    this.#rtmp.invokeHandler = () => this.#command()
    session.run()
  }

  /** Tells the client that it may send. */
  start(): void {
    this.#rtmp.respondPublish()
  }

  /** Tells the client why it is turned away. The socket is still to be closed. */
  refuse(code: string, error: LivepeerError): void {
    if (this.#connect) {
      const description = [error.code, error.message, error.remedy].filter(Boolean).join(' ')
      this.#rtmp.sendStatusMessage(this.#rtmp.streamId ?? 0, 'error', code, description)
    }
    this.stop()
  }

  /** Reads nothing more. */
  stop(): void {
    this.#over = true
  }

  #read(bytes: Buffer): void {
    if (this.#over) return
    try {
      if (this.#received === 0 && bytes[0] !== RTMP_VERSION) throw malformed(`its first byte is ${bytes[0]}, not 3`)
      this.#received += bytes.length
      this.#rtmp.parserData(bytes)
      this.#acknowledge()
    } catch (thrown) {
      this.#over = true
      this.#events.violation(isLivepeerError(thrown) ? thrown : malformed('a message cannot be decoded', thrown))
    }
  }

  /** Some hardware encoders stop when nobody acknowledges what they send. */
  #acknowledge(): void {
    const window = this.#rtmp.ackSize
    if (!window || this.#received - this.#acknowledged < window) return
    this.#acknowledged = this.#received
    this.#rtmp.sendACK(this.#received % 2 ** 32)
  }

  #send(bytes: Buffer): void {
    if (!this.#socket.writable) return
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) {
      throw tooMuch(
        'The client does not read our answers, bytes waiting',
        this.#socket.writableLength,
        MAX_UNSENT_BYTES,
      )
    }
    this.#socket.write(bytes)
  }

  #command(): void {
    const { header, payload } = this.#rtmp.parserPacket
    const isAmf3 = header.type === 17 // one byte of format, then AMF0 all the same
    const command = decodeAmf0Cmd(payload.subarray(isAmf3 ? 1 : 0, header.length))
    switch (command.cmd) {
      case 'connect':
        return this.#onConnect(command)
      case 'createStream':
        return this.#rtmp.onCreateStream(command)
      case 'publish':
        return this.#onPublish(command.streamName, header.stream_id)
      case 'play':
      case 'play2':
        throw noPlayback()
      case 'FCUnpublish':
      case 'closeStream':
      case 'deleteStream':
        if (this.#published) this.#events.unpublish()
        return
      default: // FCPublish, releaseStream, _checkbw, …: no answer is waited for
    }
  }

  #onConnect(command: Record<string, unknown>): void {
    const given = command.cmdObj
    if (typeof given !== 'object' || given === null) throw malformed('a connect command without its object')
    const { tcUrl, app } = given as { tcUrl?: unknown; app?: unknown }
    this.#connect = { tcUrl: typeof tcUrl === 'string' ? tcUrl : '', app: typeof app === 'string' ? app : '' }
    // The library wants a URL that parses; it only takes the host from it.
    this.#rtmp.onConnect({ ...command, cmdObj: { ...given, tcUrl: 'rtmp://localhost' } })
  }

  #onPublish(streamName: unknown, streamId: number): void {
    if (!this.#connect) throw malformed('publish before connect')
    if (this.#published) throw malformed('a second publish command on the same connection')
    this.#published = true
    this.#rtmp.streamId = streamId
    // These two go into the status message, which encoders print: no stream key there.
    this.#rtmp.streamApp = 'live'
    this.#rtmp.streamName = 'stream'
    this.#events.publish({ ...this.#connect, name: typeof streamName === 'string' ? streamName : '' })
  }
}
