import type { YoungGarbage } from './young-garbage.ts'

export interface BodiesInit {
  /** False: others have these bodies in hand too, nobody knows for how long, and the collector sees to them. */
  readonly givesBack: boolean
  /** What they came in. */
  readonly pieces?: YoungGarbage | undefined
}

/** Smaller ones may lie in memory that others use too, as Node's pool, and cost the collector little. */
const LEAST_BYTES = 256 * 1024

/** Memory is made in multiples of it, so that it fits the next body of the stream too. */
const STEP_BYTES = 128 * 1024
/** Larger ones go back to the system. */
const LARGEST_SPARE_BYTES = 4 << 20
/** All together. */
const MAX_SPARE_BYTES = 32 << 20

/**
 * Memory of bodies, and who reads which. When nobody does any more it serves the next one: left to V8's collector, the
 * bodies of a few seconds would fill memory, and make it mark the whole heap again and again. Bodies are counted by the memory that
 * they lie in; parts of one, as the renditions of a result, are one.
 */
export class Bodies {
  readonly #readers = new WeakMap<ArrayBufferLike, number>()
  readonly #givesBack: boolean
  /** Nobody reads them. */
  readonly #spare: ArrayBuffer[] = []
  #spareBytes = 0
  readonly #pieces: YoungGarbage | undefined

  constructor({ givesBack, pieces }: BodiesInit) {
    this.#givesBack = givesBack
    this.#pieces = pieces
  }

  /** A body of so many bytes is whole, or what came of it is: its pieces are garbage. */
  arrived(bytes: number): void {
    this.#pieces?.add(bytes)
  }

  /** Room for a body, with anything in it. */
  allocate(bytes: number): Buffer {
    const fits = ({ byteLength }: ArrayBuffer) => byteLength >= bytes && byteLength <= Math.max(2 * bytes, STEP_BYTES)
    // The one that was used last is in the processor's caches.
    const found = this.#spare.findLastIndex(fits)
    const spare = found >= 0 ? this.#spare.splice(found, 1)[0] : undefined
    this.#spareBytes -= spare?.byteLength ?? 0
    return Buffer.from(spare ?? this.#fresh(bytes), 0, bytes)
  }

  /**
   * Until the function that comes back is called, `bytes` stay as they are. After the last such call all of their memory
   * is another one's, and they have a length of 0. Where it is never called they are left to the collector.
   */
  hold({ buffer }: Uint8Array): () => void {
    this.#count(buffer, 1)
    let held = true
    return () => {
      if (held) this.#count(buffer, -1)
      held = false
    }
  }

  /** Somebody reads them for as long as it takes: they are left to the collector. */
  keep(bytes: Uint8Array): void {
    this.hold(bytes)
  }

  #count(memory: ArrayBufferLike, change: number): void {
    const readers = (this.#readers.get(memory) ?? 0) + change
    this.#readers.set(memory, readers)
    const isDone = readers === 0 && memory.byteLength >= LEAST_BYTES
    if (isDone && this.#givesBack && memory instanceof ArrayBuffer) this.#takeBack(memory)
  }

  /** Whoever still has it against all rules finds it empty: `transfer` takes it away from them. */
  #takeBack(memory: ArrayBuffer): void {
    const { byteLength } = memory
    const isWanted = byteLength <= LARGEST_SPARE_BYTES && this.#spareBytes + byteLength <= MAX_SPARE_BYTES
    if (!isWanted) {
      memory.transfer(0)
      return
    }
    this.#spare.push(memory.transfer())
    this.#spareBytes += byteLength
  }

  #fresh(bytes: number): ArrayBuffer {
    const size = this.#givesBack && bytes >= LEAST_BYTES / 2 ? Math.ceil(bytes / STEP_BYTES) * STEP_BYTES : bytes
    return Buffer.allocUnsafeSlow(size).buffer
  }
}
