import { assembleKeccak, BLOCK_BYTES, INPUT_AT, INPUT_BLOCKS, STATE_BYTES } from './keccak-module.ts'

const DIGEST_BYTES = 32
/** What Ethereum puts behind the message, where SHA3-256 has 6. */
const FIRST_PAD = 0x01
const LAST_PAD = 0x80

interface KeccakExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Takes in the blocks from `from` up to `to`, both in bytes of its memory; at least one. */
  readonly absorb: (from: number, to: number) => void
}

/** Every engine has it; TypeScript knows it only together with a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** Keccak-256 with memory of its own; each call runs to its end, so that one serves all. */
export class Keccak256 {
  readonly #memory: Uint8Array
  readonly #absorb: KeccakExports['absorb']

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleKeccak()))
    // What the module exports is written where it is assembled.
    const { memory, absorb } = exports as KeccakExports
    this.#memory = new Uint8Array(memory.buffer)
    this.#absorb = absorb
  }

  /** 32 bytes. */
  digest(data: Uint8Array): Uint8Array {
    this.#memory.fill(0, 0, STATE_BYTES)
    const whole = data.length - (data.length % BLOCK_BYTES)
    for (let at = 0; at < whole; at += INPUT_BLOCKS * BLOCK_BYTES) {
      this.#take(data.subarray(at, Math.min(whole, at + INPUT_BLOCKS * BLOCK_BYTES)))
    }
    const last = new Uint8Array(BLOCK_BYTES)
    last.set(data.subarray(whole))
    last[data.length - whole] = FIRST_PAD
    last[BLOCK_BYTES - 1] = (last[BLOCK_BYTES - 1] ?? 0) | LAST_PAD
    this.#take(last)
    return this.#memory.slice(0, DIGEST_BYTES)
  }

  #take(blocks: Uint8Array): void {
    this.#memory.set(blocks, INPUT_AT)
    this.#absorb(INPUT_AT, INPUT_AT + blocks.length)
  }
}
