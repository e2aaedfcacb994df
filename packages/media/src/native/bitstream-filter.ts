import { BitStreamFilter, BitStreamFilterContext, type CodecParameters } from 'node-av/lib'
import { check, outcome, required } from './errors.ts'
import type { InputStream } from './demuxer.ts'
import type { Packet } from './media-data.ts'

/** Takes the ADTS header off each AAC packet. Fragmented MP4 wants it done in front of the muxer. */
export class AdtsStripper implements Disposable {
  readonly #context = new BitStreamFilterContext()

  constructor(input: InputStream) {
    const filter = required(BitStreamFilter.getByName('aac_adtstoasc'), 'aac_adtstoasc', 'Bitstream filter not found')
    try {
      check(this.#context.alloc(filter), 'opening the ADTS filter')
      check(input.parameters.copy(this.#parameters(this.#context.inputCodecParameters)), 'opening the ADTS filter')
      this.#context.inputTimeBase = input.timeBase
      check(this.#context.init(), 'opening the ADTS filter')
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  /** Replaces the packet by its stripped form; false where it was damaged and is gone. */
  strip(packet: Packet): boolean {
    if (this.#context.sendPacketSync(packet) < 0) {
      packet.unref()
      return false
    }
    return outcome(this.#context.receivePacketSync(packet), 'stripping ADTS') === 'got'
  }

  [Symbol.dispose](): void {
    this.#context.free()
  }

  #parameters(parameters: CodecParameters | null): CodecParameters {
    return required(parameters, 'opening the ADTS filter', 'Invalid argument')
  }
}
