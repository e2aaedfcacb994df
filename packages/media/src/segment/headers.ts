import { checkAvcConfig, readAacConfig, type AacConfig } from './codec-config.ts'

/** The decoder configurations of a stream, as last sent. Plain data. */
export interface HeaderState {
  readonly video: Uint8Array | undefined
  readonly audio: Uint8Array | undefined
}

/** Keeps a stream's sequence headers and notices when they change. */
export class Headers {
  #video: Uint8Array | undefined
  #audio: Uint8Array | undefined
  #aac: AacConfig | undefined
  #changed = false

  constructor(state: HeaderState) {
    if (state.video) this.take('video', state.video)
    if (state.audio) this.take('audio', state.audio)
    this.#changed = false
  }

  get state(): HeaderState {
    return { video: this.#video, audio: this.#audio }
  }

  get video(): Uint8Array | undefined {
    return this.#video
  }

  get audio(): (AacConfig & { readonly config: Uint8Array }) | undefined {
    return this.#audio && this.#aac && { ...this.#aac, config: this.#audio }
  }

  /** True from a new header on until `applied`. */
  get changed(): boolean {
    return this.#changed
  }

  applied(): void {
    this.#changed = false
  }

  /** Throws `LP_SEGMENT_HEADER`. Encoders repeat their headers; that is no change. */
  take(kind: 'video' | 'audio', config: Uint8Array): void {
    const known = kind === 'video' ? this.#video : this.#audio
    if (known && Buffer.compare(known, config) === 0) return
    const copy = Buffer.from(config) // `config` is a view into a whole batch of messages
    if (kind === 'video') {
      checkAvcConfig(copy)
      this.#video = copy
    } else {
      this.#aac = readAacConfig(copy)
      this.#audio = copy
    }
    this.#changed = true
  }
}
