import { AV_HWDEVICE_TYPE_CUDA, AV_PIX_FMT_CUDA, AV_PIX_FMT_NV12 } from 'node-av/constants'
import { type CodecContext, HardwareDeviceContext } from 'node-av/lib'
import { check } from './errors.ts'

/** Frames that may sit in the filters and the encoders at once, beyond what the decoder itself needs. */
const EXTRA_FRAMES = 8

/** One NVIDIA card. Throws `LP_CUDA_UNAVAILABLE` where it does not answer; FFmpeg's log says why. */
export class CudaDevice implements Disposable {
  readonly index: number
  readonly #context = new HardwareDeviceContext()

  constructor(index: number) {
    this.index = index
    check(this.#context.create(AV_HWDEVICE_TYPE_CUDA, String(index), null), `opening CUDA device ${index}`, {
      code: 'LP_CUDA_UNAVAILABLE',
      kind: 'environment',
      remedy: 'Install the NVIDIA driver and give this process access to the card, or transcode on the CPU.',
    })
  }

  /** Before the decoder is opened: its frames then stay on the card. */
  attachDecoder(decoder: CodecContext): void {
    decoder.hwDeviceCtx = this.#context
    decoder.setHardwarePixelFormat(AV_PIX_FMT_CUDA, AV_PIX_FMT_NV12)
    decoder.extraHWFrames = EXTRA_FRAMES
  }

  [Symbol.dispose](): void {
    this.#context.free()
  }
}
