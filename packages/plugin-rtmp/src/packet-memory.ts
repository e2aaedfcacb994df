const SLAB_BYTES = 256 * 1024

/**
 * Copies many small things into few large buffers. A buffer for each packet of each publisher keeps the garbage collector
 * busier than the packets do the rest of the node.
 */
export class PacketMemory {
  #slab = Buffer.alloc(0)
  #used = 0

  /** A copy of its own: the bytes of earlier copies are never written again. */
  copy(bytes: Uint8Array): Buffer {
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes.length))
      this.#used = 0
    }
    const copy = this.#slab.subarray(this.#used, this.#used + bytes.length)
    copy.set(bytes)
    this.#used += bytes.length
    return copy
  }
}
