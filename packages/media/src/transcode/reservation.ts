import { isLivepeerError } from '@livepeer-node/sdk'
import { Encoder } from '../native/encoder.ts'
import { Rational } from '../native/media-data.ts'

const SMALL = { width: 256, height: 144 }

/**
 * Encoders of a card, opened ahead of the first frame, so that a card that is full says so when the session is opened and
 * not in its first segment. Each is closed just before the real one is opened in its place.
 */
export class EncoderReservation implements Disposable {
  readonly #encoders: Encoder[] = []

  /** Throws `LP_ENCODER_OPEN` when the card gives fewer than `count`; none is kept then. */
  constructor(count: number, device: number) {
    try {
      for (let i = 0; i < count; i++) this.#encoders.push(openSmall(device))
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  releaseOne(): void {
    this.#encoders.pop()?.[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    for (const encoder of this.#encoders.splice(0)) encoder[Symbol.dispose]()
  }
}

/** How many encoders a card gives at once, `atMost` of them asked for; all are closed again. 0 where it does not answer. */
export function countEncoders(device: number, atMost: number): number {
  const encoders: Encoder[] = []
  try {
    while (encoders.length < atMost) encoders.push(openSmall(device))
  } catch (error) {
    if (!isLivepeerError(error) || error.code !== 'LP_ENCODER_OPEN') throw error
  } finally {
    for (const encoder of encoders) encoder[Symbol.dispose]()
  }
  return encoders.length
}

/** A small encoder on a card that takes frames from memory. */
function openSmall(device: number): Encoder {
  return Encoder.video({
    codec: 'h264_nvenc',
    picture: {
      ...SMALL,
      timeBase: new Rational(1, 30),
      sampleAspectRatio: new Rational(1, 1),
      colorRange: 0,
      colorSpace: 2,
    },
    timeBase: new Rational(1, 30),
    frameRate: new Rational(30, 1),
    options: { gpu: String(device), bf: '0' },
  })
}
