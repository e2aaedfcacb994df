import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { AVSEEK_CUR, AVSEEK_END, AVSEEK_SIZE } from 'node-av/constants'
import { IOContext } from 'node-av/lib'
import type { MediaReader } from './memory-io.ts'

const READ_BUFFER = 1 << 18

/** Input from a file of any size, read as it is needed. For one `Demuxer`. Throws what the system says when it cannot be opened. */
export class FileReader implements MediaReader {
  readonly io = new IOContext()
  readonly #file: number
  readonly #length: number
  #position = 0

  constructor(path: string) {
    this.#file = openSync(path, 'r')
    this.#length = fstatSync(this.#file).size
    this.io.allocContextWithCallbacks(
      READ_BUFFER,
      0,
      (size) => this.#read(size),
      null,
      (offset, whence) => this.#seek(offset, whence),
    )
  }

  /** The file is the input. */
  load(): void {}

  unload(): void {}

  [Symbol.dispose](): void {
    this.io.freeContext()
    closeSync(this.#file)
  }

  #read(size: number): Buffer | null {
    const chunk = Buffer.allocUnsafe(size)
    const length = readSync(this.#file, chunk, 0, size, this.#position)
    if (length === 0) return null
    this.#position += length
    return chunk.subarray(0, length)
  }

  #seek(offset: bigint, whence: number): bigint {
    if (whence === AVSEEK_SIZE) return BigInt(this.#length)
    const from = whence === AVSEEK_CUR ? this.#position : whence === AVSEEK_END ? this.#length : 0
    this.#position = from + Number(offset)
    return BigInt(this.#position)
  }
}
