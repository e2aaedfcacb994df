import { badHeader } from './errors.ts'

const AAC_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350]

/** Checks an AVCDecoderConfigurationRecord as far as the muxer relies on it. Throws `LP_SEGMENT_HEADER`. */
export function checkAvcConfig(config: Uint8Array): void {
  if (config.length < 7) throw badHeader('video', `it has ${config.length} bytes`)
  if (config[0] !== 1) throw badHeader('video', `its version is ${config[0]}, not 1`)
}

/** RFC 6381 name of an AVCDecoderConfigurationRecord: `avc1.` profile, constraints, level. */
export function avcCodecString(config: Uint8Array): string {
  return `avc1.${Buffer.from(config.subarray(1, 4)).toString('hex')}`
}

export interface AacConfig {
  readonly codecString: string
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
}

/** Reads an AudioSpecificConfig (ISO 14496-3). Throws `LP_SEGMENT_HEADER`. */
export function readAacConfig(config: Uint8Array): AacConfig {
  if (config.length < 2) throw badHeader('audio', `it has ${config.length} bytes`)
  const bits = new BitReader(config)
  let type = bits.take(5)
  if (type === 31) type = 32 + bits.take(6)
  const rateIndex = bits.take(4)
  const sampleRate = rateIndex === 15 ? bits.take(24) : AAC_RATES[rateIndex]
  const channelConfig = bits.take(4)
  if (type === 0 || !sampleRate) throw badHeader('audio', 'its object type or sample rate is reserved')
  return { codecString: `mp4a.40.${type}`, sampleRate, channels: channelConfig === 7 ? 8 : channelConfig || 2 }
}

class BitReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Bits past the end read as 0. */
  take(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++, this.#at++) {
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1)
    }
    return value
  }
}
