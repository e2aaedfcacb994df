import { AVSEEK_CUR, AVSEEK_END, AVSEEK_SET, AVSEEK_SIZE } from 'node-av/constants'
import { IOContext } from 'node-av/lib'

const READ_BUFFER = 1 << 16
const WRITE_BUFFER = 1 << 17
const FAR_AWAY = 1n << 40n

/** Where a seek leads, for both directions of memory I/O. */
function seekTarget(offset: bigint, whence: number, at: { position: number; length: number }): number {
  const delta = Number(offset)
  if (whence === AVSEEK_CUR) return at.position + delta
  if (whence === AVSEEK_END) return at.length + delta
  return delta
}

/** Where a demuxer reads from. */
export interface MediaReader extends Disposable {
  readonly io: IOContext
  /** The next input; `bytes` must not change until it has been read. */
  load(bytes: Uint8Array): void
  /** Lets go of the input. */
  unload(): void
}

/** Input from memory. Made once, used again for each input: `load(bytes)`, then hand it to a `Demuxer`. */
export class MemoryReader implements MediaReader {
  readonly io = new IOContext()
  #bytes: Buffer = Buffer.alloc(0)
  #position = 0

  constructor() {
    this.io.allocContextWithCallbacks(
      READ_BUFFER,
      0,
      (size) => this.#read(size),
      null,
      (offset, whence) => this.#seek(offset, whence),
    )
  }

  /** The next input; `bytes` must not change until it has been read. */
  load(bytes: Uint8Array): void {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // A plain seek to 0 may be answered from the buffer, with bytes of the input before: the far seek empties it.
    this.io.seekSync(FAR_AWAY, AVSEEK_SET)
    this.io.seekSync(0n, AVSEEK_SET)
    this.#position = 0
  }

  /** Lets go of the bytes, so that they can be collected. */
  unload(): void {
    this.#bytes = Buffer.alloc(0)
  }

  [Symbol.dispose](): void {
    this.unload()
    this.io.freeContext()
  }

  #read(size: number): Buffer | null {
    if (this.#position >= this.#bytes.length) return null
    const chunk = this.#bytes.subarray(this.#position, this.#position + size)
    this.#position += chunk.length
    return chunk
  }

  #seek(offset: bigint, whence: number): bigint {
    const length = this.#bytes.length
    if (whence === AVSEEK_SIZE) return BigInt(length)
    this.#position = seekTarget(offset, whence, { position: this.#position, length })
    return BigInt(this.#position)
  }
}

/** Where a muxer writes to. */
export interface MemoryWriter extends Disposable {
  readonly io: IOContext
  /** What was written since the last `take` or `discard`, as one buffer of its own. */
  take(): Buffer
  /** Drops what was written: for error paths. */
  discard(): void
}

/** Output that is written front to back: MPEG-TS. Made once, used again. */
export class StreamWriter implements MemoryWriter {
  readonly io = new IOContext()
  #chunks: Buffer[] = []

  constructor() {
    const write = (chunk: Buffer): number => {
      this.#chunks.push(chunk) // already a copy of the native buffer
      return chunk.length
    }
    this.io.allocContextWithCallbacks(WRITE_BUFFER, 1, null, write, null)
  }

  take(): Buffer {
    this.io.flushSync()
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = []
    return bytes
  }

  discard(): void {
    this.io.flushSync()
    this.#chunks = []
  }

  [Symbol.dispose](): void {
    this.discard()
    this.io.freeContext()
  }
}

/** Output that starts at 0 and whose muxer may go back to patch sizes: MP4, FLV. Made once, used again. */
export class SeekableWriter implements MemoryWriter {
  readonly io = new IOContext()
  #bytes = Buffer.allocUnsafe(1 << 20)
  #position = 0
  #length = 0

  constructor() {
    this.io.allocContextWithCallbacks(
      WRITE_BUFFER,
      1,
      null,
      (chunk) => this.#write(chunk),
      (offset, whence) => this.#seek(offset, whence),
    )
  }

  take(): Buffer {
    this.io.flushSync()
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#rewind()
    return bytes
  }

  discard(): void {
    this.io.flushSync()
    this.#rewind()
  }

  [Symbol.dispose](): void {
    this.io.flushSync()
    this.io.freeContext()
  }

  #rewind(): void {
    this.io.seekSync(0n, AVSEEK_SET)
    this.#position = 0
    this.#length = 0
  }

  #write(chunk: Buffer): number {
    const end = this.#position + chunk.length
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    chunk.copy(this.#bytes, this.#position)
    this.#position = end
    this.#length = Math.max(this.#length, end)
    return chunk.length
  }

  #seek(offset: bigint, whence: number): bigint {
    if (whence === AVSEEK_SIZE) return BigInt(this.#length)
    this.#position = seekTarget(offset, whence, { position: this.#position, length: this.#length })
    return BigInt(this.#position)
  }
}
