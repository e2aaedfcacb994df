// The package ships JavaScript without types. Declared here: only what wire.ts touches of its RTMP session.
declare module 'node-media-server/src/core/logger.js' {
  const logger: { log: (message: string, level?: string) => void }
  export default logger
}
declare module 'node-media-server/src/core/avpacket.js' {
  export default interface AVPacket {
    /** 8 audio, 9 video, 18 script data. */
    codec_type: number
    dts: number
    /** Bytes of `data` that count. */
    size: number
    /** The parser's own buffer: overwritten by the next message. */
    data: Buffer
  }
}
declare module 'node-media-server/src/protocol/amf.js' {
  /** Throws whatever the decoder stumbles over. */
  export function decodeAmf0Cmd(bytes: Buffer): Record<string, unknown>
  export function encodeAmf0Cmd(command: Record<string, unknown>): Buffer
  export function encodeAmf0Data(data: Record<string, unknown>): Buffer
}
declare module 'node-media-server/src/protocol/rtmp.js' {
  export interface ChunkStream {
    header: { fmt: number; cid: number; timestamp: number; length: number; type: number; stream_id: number }
    /** ms, absolute. */
    clock: number
    payload: Buffer
    capacity: number
    /** Of the message in progress. */
    bytes: number
  }
  export default class Rtmp {
    /** Where the parser is: the message being read. */
    parserPacket: ChunkStream
    inPackets: Map<number, ChunkStream>
    inChunkSize: number
    /** The publisher's wish: an acknowledgement after each so many bytes. */
    ackSize?: number
    streamApp: string
    streamName: string
    streamId: number
    parserData(bytes: Buffer): string | null
    chunkMessageHeaderRead(): number
    packetAlloc(): void
    controlHandler(): void
    invokeHandler(): void
    onConnect(command: Record<string, unknown>): void
    onCreateStream(command: Record<string, unknown>): void
    sendACK(bytes: number): void
    sendStatusMessage(streamId: number, level: string, code: string, description: string): void
    respondPublish(): void
    static chunksCreate(packet: {
      header: Omit<ChunkStream['header'], 'fmt'> & { fmt: number }
      payload: Buffer
    }): Buffer
  }
}
declare module 'node-media-server/src/session/rtmp_session.js' {
  import type { Socket } from 'node:net'
  import type AVPacket from 'node-media-server/src/core/avpacket.js'
  import type Rtmp from 'node-media-server/src/protocol/rtmp.js'
  export default class RtmpSession {
    constructor(socket: Socket)
    rtmp: Rtmp
    run: () => void
    onData: (bytes: Buffer) => void
    onPacket: (packet: AVPacket) => void
    onOutput: (bytes: Buffer) => void
    onClose: () => void
    onError: (error: Error) => void
  }
}
