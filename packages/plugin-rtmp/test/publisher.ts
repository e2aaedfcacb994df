import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { decodeAmf0Cmd, encodeAmf0Cmd, encodeAmf0Data } from 'node-media-server/src/protocol/amf.js'
import Rtmp from 'node-media-server/src/protocol/rtmp.js'

export interface PublishTarget {
  readonly port: number
  readonly app?: string
  readonly name?: string
  readonly tcUrl?: string
}

const CHUNK = 0xffff

/** One RTMP message as bytes, in chunks of 65535 (the set-chunk-size message comes first). */
export function message(type: number, payload: Buffer, timestamp = 0): Buffer {
  const cid = type === 9 ? 6 : type === 8 ? 4 : 3
  return Rtmp.chunksCreate({ header: { fmt: 0, cid, timestamp, length: payload.length, type, stream_id: 1 }, payload })
}

export function command(name: string, fields: Record<string, unknown>): Buffer {
  return message(20, encodeAmf0Cmd({ cmd: name, ...fields }))
}

export function setChunkSize(size: number): Buffer {
  const bytes = Buffer.from('02000000000004010000000000000000', 'hex')
  bytes.writeUInt32BE(size, 12)
  return bytes
}

/** Everything that a publisher sends before its media, handshake included. */
export function opening({
  app = 'live',
  name = 'cam',
  tcUrl = `rtmp://127.0.0.1/${app}`,
}: Omit<PublishTarget, 'port'>): Buffer {
  return Buffer.concat([
    Buffer.from([3]),
    Buffer.alloc(1536, 7),
    Buffer.alloc(1536, 9),
    setChunkSize(CHUNK),
    command('connect', { transId: 1, cmdObj: { app, tcUrl, type: 'nonprivate' } }),
    command('releaseStream', { transId: 2, cmdObj: null, streamName: name }),
    command('FCPublish', { transId: 3, cmdObj: null, streamName: name }),
    command('createStream', { transId: 4, cmdObj: null }),
    command('publish', { transId: 5, cmdObj: null, streamName: name, type: 'live' }),
    message(18, encodeAmf0Data({ cmd: '@setDataFrame', method: 'onMetaData', dataObj: { width: 64, height: 64 } })),
  ])
}

export const video = (timestamp: number, key = false, size = 40): Buffer =>
  message(
    9,
    Buffer.concat([Buffer.from([key ? 0x17 : 0x27, 1, 0, 0, 0]), Buffer.alloc(size, timestamp & 0xff)]),
    timestamp,
  )
export const audio = (timestamp: number): Buffer =>
  message(8, Buffer.from([0xaf, 1, 0x21, timestamp & 0xff]), timestamp)
export const unpublish = (name = 'cam'): Buffer =>
  Buffer.concat([
    command('FCUnpublish', { transId: 6, cmdObj: null, streamName: name }),
    command('deleteStream', { transId: 7, cmdObj: null, streamId: 1 }),
  ])

/** A raw client: what it got can be looked at, and its end can be waited for. */
export class TestClient {
  readonly socket: Socket
  readonly closed: Promise<void>
  received = Buffer.alloc(0)

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('error', () => {})
    this.socket.on('data', (bytes: Buffer) => (this.received = Buffer.concat([this.received, bytes])))
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
  }

  static publish(target: PublishTarget): TestClient {
    const client = new TestClient(target.port)
    client.send(opening(target))
    return client
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes)
  }

  /** The codes of the onStatus messages so far, and their descriptions. */
  statuses(): { code: string; description: string }[] {
    const found: { code: string; description: string }[] = []
    const mark = Buffer.concat([Buffer.from([2, 0, 8]), Buffer.from('onStatus')])
    for (let at = this.received.indexOf(mark); at >= 0; at = this.received.indexOf(mark, at + 1)) {
      const { info } = decodeAmf0Cmd(this.received.subarray(at)) as { info: { code: string; description: string } }
      found.push({ code: info.code, description: info.description })
    }
    return found
  }

  /** Resolves when a status with this code has come. */
  async status(code: string): Promise<void> {
    while (!this.statuses().some((status) => status.code === code)) await once(this.socket, 'data')
  }
}
