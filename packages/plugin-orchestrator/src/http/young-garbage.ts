import v8 from 'node:v8'
import vm from 'node:vm'

const FLAGS = ['--expose-gc', '--no-parallel-scavenge', '--heap-growing-percent=100'] as const
/** Bytes: of what has come in between two collections, the pieces are garbage. */
const DUE_BYTES = 8 << 20

/**
 * Bodies come in pieces that are garbage once they were copied into place. They lie outside of V8's heap, and V8 collects
 * young garbage by the size of what is inside: that would be after 80 MB of pieces.
 */
export class YoungGarbage {
  readonly #collect: () => void
  #bytes = 0

  constructor(collect: () => void) {
    this.#collect = collect
  }

  /** So many bytes have come in. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < DUE_BYTES) return
    this.#bytes = 0
    this.#collect()
  }
}

/**
 * V8's collector of what is young, as `node --expose-gc` gives it to all. Alone it waits for no other threads, which
 * a busy machine may not run; and with young garbage gone the rest grows slowly, so that the whole heap is marked when it
 * has doubled.
 */
export function youngCollector(): () => void {
  for (const flag of FLAGS) v8.setFlagsFromString(flag)
  const collect = vm.runInNewContext('gc') as (options: { type: 'minor' }) => void
  return () => collect({ type: 'minor' })
}
