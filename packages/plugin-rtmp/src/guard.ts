import type Rtmp from 'node-media-server/src/protocol/rtmp.js'
import { malformed, tooMuch } from './errors.ts'

/** What a client may make us keep in memory. */
export interface WireLimits {
  /** Largest audio or video message, bytes. */
  readonly maxMessageBytes: number
}

const MAX_COMMAND_BYTES = 64 * 1024
const MAX_CHUNK_STREAMS = 32
const MAX_CHUNK_BYTES = 0xffffff
const SET_CHUNK_SIZE = 1
const ABORT = 2
const WINDOW_ACKNOWLEDGEMENT_SIZE = 5
const isMedia = (type: number) => type === 8 || type === 9

/**
 * Puts bounds around the library's parser, which trusts its peer: it allocates what a header announces, keeps any number
 * of chunk streams, takes any chunk size, and reads backwards when a message is shortened in its middle.
 * Every bound that is passed throws a `LivepeerError`.
 */
export function guardParser(rtmp: Rtmp, limits: WireLimits, mediaAllowed: () => boolean): void {
  guardHeaders(rtmp)
  guardMemory(rtmp, limits, mediaAllowed)
  guardControl(rtmp)
}

function guardHeaders(rtmp: Rtmp): void {
  const read = rtmp.chunkMessageHeaderRead.bind(rtmp)
  rtmp.chunkMessageHeaderRead = () => {
    if (rtmp.inPackets.size > MAX_CHUNK_STREAMS) {
      throw tooMuch('Too many RTMP chunk streams', rtmp.inPackets.size, MAX_CHUNK_STREAMS)
    }
    const { bytes, header } = rtmp.parserPacket
    if (bytes > 0 && header.fmt !== 3) throw malformed('a message starts inside another on the same chunk stream')
    return read()
  }
}

function guardMemory(rtmp: Rtmp, limits: WireLimits, mediaAllowed: () => boolean): void {
  const allocate = rtmp.packetAlloc.bind(rtmp)
  let allocated = 0
  rtmp.packetAlloc = () => {
    const packet = rtmp.parserPacket
    const { type, length } = packet.header
    if (isMedia(type) && !mediaAllowed()) throw malformed('media before the publish command')
    const limit = isMedia(type) ? limits.maxMessageBytes : MAX_COMMAND_BYTES
    if (length > limit) throw tooMuch('An RTMP message is too long, bytes', length, limit)
    // The library stops handing packets on once its clock has passed 32 bits; timestamps wrap instead (49.7 days).
    packet.clock %= 2 ** 32
    allocated -= packet.payload.length
    allocate()
    if (packet.payload.length === 0) packet.payload = Buffer.alloc(16) // an empty message is looked into all the same
    allocated += packet.payload.length
    const budget = 2 * limits.maxMessageBytes
    if (allocated > budget) throw tooMuch('The RTMP messages in progress are too long, bytes', allocated, budget)
  }
}

function guardControl(rtmp: Rtmp): void {
  const handle = rtmp.controlHandler.bind(rtmp)
  rtmp.controlHandler = () => {
    const { header, payload } = rtmp.parserPacket
    if (header.length < 4) throw malformed(`a control message of ${header.length} bytes`)
    const value = payload.readUInt32BE()
    if (header.type === SET_CHUNK_SIZE && (value < 1 || value > MAX_CHUNK_BYTES)) {
      throw tooMuch('The RTMP chunk size is out of range', value, MAX_CHUNK_BYTES)
    }
    if (header.type === WINDOW_ACKNOWLEDGEMENT_SIZE && value === 0) return
    if (header.type === ABORT) {
      const stream = rtmp.inPackets.get(value)
      if (stream) stream.bytes = 0
    }
    handle()
  }
}
