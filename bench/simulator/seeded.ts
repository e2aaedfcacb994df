import { createHash } from 'node:crypto'
import { SIGNATURE_BYTES } from '@livepeer-node/protocol'

/** The same bytes for the same seed, for ever: SHA-512 over the seed and a counter. */
export class SeededBytes {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** The next 64 bytes. */
  next(): Buffer {
    return createHash('sha512')
      .update(`${this.#seed} ${this.#count++}`)
      .digest()
  }

  /** The next 256 bits as a number. */
  number(): bigint {
    return BigInt(`0x${this.next().toString('hex', 0, 32)}`)
  }

  /** 65 bytes in place of a signature: nobody signed anything, but the draw is as random. */
  signature(): Uint8Array {
    const bytes = new Uint8Array(SIGNATURE_BYTES)
    bytes.set(this.next())
    bytes[SIGNATURE_BYTES - 1] = 27
    return bytes
  }

  /** True in `percent` of all calls. */
  chance(percent: number): boolean {
    return this.next().readUInt32BE() < (percent / 100) * 2 ** 32
  }
}
